import { setTimeout as sleep } from 'node:timers/promises'

/** What `read` gives as soon as `isGood` holds; asks every 50 ms. @throws Error with the last value when that takes too long */
export async function until<T>(read: () => Promise<T>, isGood: (value: T) => boolean, ms = 8_000): Promise<T> {
  const untilMs = Date.now() + ms
  for (;;) {
    const value = await read()
    if (isGood(value)) return value
    if (Date.now() > untilMs) throw new Error(`not within ${ms} ms; at last: ${JSON.stringify(value)}`)
    await sleep(50)
  }
}
