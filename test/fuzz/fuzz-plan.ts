import process from 'node:process'

export interface FuzzPlan {
  readonly seconds: number
  readonly seed: number
}

/**
 * A minute in CI, three seconds for a developer, always the same messages, so that a failure is the fault of the change
 * it appears with. `STROWGER_FUZZ_SECONDS` and `STROWGER_FUZZ_SEED` look for new ones.
 */
export function fuzzPlan(): FuzzPlan {
  const { STROWGER_FUZZ_SECONDS: seconds, STROWGER_FUZZ_SEED: seed, CI } = process.env
  return { seconds: Number(seconds ?? (CI ? 60 : 3)), seed: Number(seed ?? 1891) }
}
