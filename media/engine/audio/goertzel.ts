/**
 * How much of a signal is at one frequency (Goertzel): the amplitude of that sine, in sample units.
 * @param rate samples a second
 */
export function amplitudeAt(samples: ArrayLike<number>, hertz: number, rate: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / rate)
  let last = 0
  let beforeLast = 0
  const count = samples.length
  for (let i = 0; i < count; i++) {
    const next = (samples[i] ?? 0) + coefficient * last - beforeLast
    beforeLast = last
    last = next
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast
  return count === 0 ? 0 : (2 * Math.sqrt(Math.max(0, power))) / count
}

/** Root mean square of a signal. */
export function loudness(samples: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < samples.length; i++) sum += (samples[i] ?? 0) ** 2
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length)
}
