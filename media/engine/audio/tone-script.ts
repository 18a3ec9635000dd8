import { UnplayableSource } from '../../media-errors.ts'

/** One sounding of some frequencies together, then silence. */
export interface ToneStep {
  readonly onMs: number
  readonly offMs: number
  readonly frequencies: readonly number[]
  /** Of each frequency, in dBm0. */
  readonly levelDb: number
  /** How often this step sounds before the next; Infinity for ever. */
  readonly repeats: number
}

export interface ToneScript {
  readonly steps: readonly ToneStep[]
  /** How often the whole script plays. */
  readonly repeats: number
}

const dtmfRows = [697, 770, 852, 941]
const dtmfColumns = [1209, 1336, 1477, 1633]
const dtmfKeys = '123A456B789C*0#D'

/** The two frequencies of a key (ITU-T Q.23). */
export function dtmfFrequencies(key: string): readonly [number, number] | undefined {
  const index = dtmfKeys.indexOf(key.toUpperCase())
  if (key.length !== 1 || index < 0) return undefined
  return [dtmfRows[index >> 2] as number, dtmfColumns[index & 3] as number]
}

const maxRepeats = 10_000
const longestStepMs = 3_600_000
const maxSteps = 1000

interface Settings {
  levelDb: number
  stepRepeats: number
  repeats: number
  keyMs: number
  keyGapMs: number
}

/**
 * Reads FreeSWITCH's `tone_stream` notation: `;` between elements, `%(on,off,Hz…)` a tone, keys `0-9*#A-D` their DTMF,
 * `v=` level in dB, `l=` repeats of each tone from there on, `L=` (or `loops=`) repeats of all, `d=`/`w=` length of a key and the gap after it.
 * A repeat of -1 is for ever.
 * @throws UnplayableSource
 */
export function parseToneScript(spec: string): ToneScript {
  const steps: ToneStep[] = []
  const settings: Settings = { levelDb: -7, stepRepeats: 1, repeats: 1, keyMs: 100, keyGapMs: 100 }
  for (const element of spec.split(';').map((part) => part.trim())) {
    if (element === '') continue
    const setting = /^(loops|[a-zA-Z])=(.*)$/.exec(element)
    if (setting) applySetting(settings, setting[1] as string, setting[2] as string)
    else steps.push(...readTones(element, settings))
  }
  if (steps.length === 0 || steps.length > maxSteps) throw new UnplayableSource(`no tone in '${spec.slice(0, 80)}'`)
  return { steps, repeats: settings.repeats }
}

function applySetting(settings: Settings, name: string, text: string): void {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new UnplayableSource(`tone setting ${name}=${text}`)
  if (name === 'v') settings.levelDb = Math.max(-63, Math.min(0, value))
  else if (name === 'l') settings.stepRepeats = repeatsOf(value)
  else if (name === 'L' || name === 'loops') settings.repeats = repeatsOf(value)
  else if (name === 'd') settings.keyMs = duration(value)
  else if (name === 'w') settings.keyGapMs = duration(value)
  // `c` (channels), `r` (rate), `>`/`<`/`+` (decay) change nothing that is heard on a telephone.
}

function readTones(element: string, settings: Settings): ToneStep[] {
  const steps: ToneStep[] = []
  const base = { levelDb: settings.levelDb, repeats: settings.stepRepeats }
  const pattern = /%\(([^)]*)\)|([0-9*#A-Da-d])|[ ,]|(.)/g
  for (const [, tone, key, unknown] of element.matchAll(pattern)) {
    if (unknown !== undefined) throw new UnplayableSource(`'${element}' is no tone`)
    if (tone !== undefined) steps.push({ ...base, ...readTone(tone) })
    const frequencies = key === undefined ? undefined : dtmfFrequencies(key)
    if (frequencies) steps.push({ ...base, onMs: settings.keyMs, offMs: settings.keyGapMs, frequencies })
  }
  return steps
}

function readTone(text: string): Pick<ToneStep, 'onMs' | 'offMs' | 'frequencies'> {
  const [onMs = NaN, offMs = NaN, ...frequencies] = text.split(',').map((word) => (word.trim() ? Number(word) : NaN))
  const isUsable = frequencies.every((hertz) => hertz >= 0 && hertz <= 20_000)
  if (!isUsable || Number.isNaN(onMs) || Number.isNaN(offMs)) throw new UnplayableSource(`'%(${text})' is no tone`)
  return { onMs: duration(onMs), offMs: duration(offMs), frequencies: frequencies.filter((hertz) => hertz > 0) }
}

function duration(ms: number): number {
  return Math.max(0, Math.min(longestStepMs, ms))
}

function repeatsOf(value: number): number {
  return value < 0 ? Infinity : Math.max(1, Math.min(maxRepeats, Math.floor(value)))
}
