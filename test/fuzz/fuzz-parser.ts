import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { mutate } from './mutate.ts'
import { checkParser } from './parser-properties.ts'
import { Random } from './random.ts'
import { SipGrammar } from './sip-grammar.ts'

export interface FuzzOptions {
  readonly seconds: number
  /** Repeats a run. */
  readonly seed: number
}

export interface FuzzReport {
  readonly seed: number
  readonly messages: number
  /** How many of them were taken. */
  readonly taken: number
  readonly slowestMs: number
  /** The messages that broke a rule, at most ten. */
  readonly failures: readonly { readonly bytes: Buffer; readonly error: Error }[]
}

const mostFailures = 10
const corpusFolder = 'test/fixtures/rfc4475'

/** Feeds the parser for so many seconds with messages by the grammar and with broken copies of them and of RFC 4475's. */
export function fuzzParser({ seconds, seed }: FuzzOptions): FuzzReport {
  const random = new Random(seed)
  const grammar = new SipGrammar(random)
  const corpus = readdirSync(corpusFolder)
    .filter((name) => name.endsWith('.dat'))
    .sort()
    .map((name) => readFileSync(path.join(corpusFolder, name)))
  const failures: { bytes: Buffer; error: Error }[] = []
  let messages = 0
  let taken = 0
  let slowestMs = 0
  const untilMs = performance.now() + seconds * 1000
  for (let nowMs = performance.now(); nowMs < untilMs && failures.length < mostFailures; messages++) {
    const fresh = random.oneIn(4) ? random.pick(corpus) : Buffer.from(grammar.message())
    const bytes = random.oneIn(2) ? fresh : mutate(fresh, random)
    try {
      if (checkParser(bytes, random)) taken++
    } catch (error) {
      failures.push({ bytes, error: error instanceof Error ? error : new Error(String(error)) })
    }
    const doneMs = performance.now()
    slowestMs = Math.max(slowestMs, doneMs - nowMs)
    nowMs = doneMs
  }
  return { seed, messages, taken, slowestMs, failures }
}
