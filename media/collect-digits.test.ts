import { test } from 'tap'
import { FakeClock } from '../core/fake-clock.ts'
import { TypedEmitter } from '../core/typed-emitter.ts'
import { collectDigits } from './collect-digits.ts'
import type { CollectOptions } from './collect.ts'
import type { EndpointEvents } from './endpoint.ts'
import type { PlayOptions, PlayResult, Source } from './source.ts'

/** An endpoint whose plays last until stopped or told to end. */
class FakeEndpoint {
  readonly events = new TypedEmitter<EndpointEvents>()
  readonly played: string[] = []
  endPlay: () => void = () => undefined

  play(source: Source | readonly Source[], options: PlayOptions = {}): Promise<PlayResult> {
    this.played.push(JSON.stringify(source))
    return new Promise((resolve) => {
      this.endPlay = () => resolve({ endedBy: 'end', playedMs: 1 })
      options.signal?.addEventListener('abort', () => resolve({ endedBy: 'stop', playedMs: 1 }))
    })
  }

  press(digits: string): void {
    for (const digit of digits) this.events.emit('digit', { digit, durationMs: 100 })
  }
}

const prompt = { kind: 'silence', ms: 1 } as const

interface Case {
  readonly name: string
  readonly options: CollectOptions
  readonly steps: (endpoint: FakeEndpoint, clock: FakeClock, stop: AbortController) => void | Promise<void>
  readonly result: object
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

const cases: readonly Case[] = [
  {
    name: 'as many as allowed',
    options: { max: 4 },
    steps: (e) => e.press('12345'),
    result: { digits: '1234', endedBy: 'max', isValid: true },
  },
  {
    name: 'a terminator',
    options: { max: 9, terminators: '#' },
    steps: (e) => e.press('12#'),
    result: { digits: '12', endedBy: 'terminator', terminator: '#', isValid: true },
  },
  {
    name: 'too few',
    options: { max: 9, min: 3, terminators: '#' },
    steps: (e) => e.press('12#'),
    result: { digits: '12', isValid: false },
  },
  {
    name: 'nothing in time',
    options: { max: 4, firstDigitMs: 1000 },
    steps: (_, clock) => clock.advance(1000),
    result: { digits: '', endedBy: 'timeout', isValid: false },
  },
  {
    name: 'not enough in time',
    options: { max: 4, interDigitMs: 500 },
    steps: async (e, clock) => {
      e.press('1')
      await clock.advance(400)
      e.press('2')
      await clock.advance(500)
    },
    result: { digits: '12', endedBy: 'timeout', isValid: true },
  },
  {
    name: 'the first-digit time starts after the prompt',
    options: { max: 4, prompt, firstDigitMs: 1000 },
    steps: async (e, clock) => {
      await clock.advance(5000)
      e.endPlay()
      await settled()
      await clock.advance(999)
      e.press('7777')
    },
    result: { digits: '7777', endedBy: 'max' },
  },
  {
    name: 'barging in',
    options: { max: 1, prompt },
    steps: (e) => e.press('3'),
    result: { digits: '3', endedBy: 'max' },
  },
  {
    name: 'no barging in',
    options: { max: 1, prompt, bargeIn: false },
    steps: async (e) => {
      e.press('3')
      e.endPlay()
      await settled()
      e.press('4')
    },
    result: { digits: '4' },
  },
  {
    name: 'pattern',
    options: { max: 2, pattern: /^[1-3]+$/ },
    steps: (e) => e.press('19'),
    result: { isValid: false },
  },
  {
    name: 'stopped',
    options: { max: 4 },
    steps: (e, _, stop) => (e.press('1'), stop.abort()),
    result: { digits: '1', endedBy: 'stop' },
  },
  {
    name: 'hung up',
    options: { max: 4, retries: 3 },
    steps: (e) => e.events.emit('closed', 'closed'),
    result: { digits: '', endedBy: 'closed' },
  },
]

void test('collecting digits', async (t) => {
  for (const { name, options, steps, result } of cases) {
    const endpoint = new FakeEndpoint()
    const clock = new FakeClock()
    const stop = new AbortController()
    const collected = collectDigits(endpoint, { ...options, signal: stop.signal }, clock)
    await settled()
    await steps(endpoint, clock, stop)
    t.match(await collected, result, name)
    t.equal(clock.pending, 0, name)
  }
})

void test('an invalid entry is asked for again, with a word about it', async (t) => {
  const endpoint = new FakeEndpoint()
  const options = { max: 1, pattern: /[12]/, retries: 2, prompt, invalidPrompt: { kind: 'silence', ms: 2 } } as const
  const collected = collectDigits(endpoint, options, new FakeClock())
  await settled()
  endpoint.press('9')
  await settled()
  endpoint.endPlay()
  await settled()
  endpoint.press('2')
  t.match(await collected, { digits: '2', isValid: true })
  t.strictSame(
    endpoint.played,
    [prompt, options.invalidPrompt, prompt].map((source) => JSON.stringify(source)),
  )
})
