const firstDelayMs = 5_000
const longestDelayMs = 3_600_000

/** How long work waits after its n-th failed attempt: 5 s, doubled each time, an hour at most. */
export function retryDelayMs(attempts: number): number {
  return Math.min(firstDelayMs * 2 ** Math.max(0, attempts - 1), longestDelayMs)
}
