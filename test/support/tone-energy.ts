/** Root mean square of 16-bit samples: 0 for silence, about 23,000 for a full-scale sine. */
export function loudness(samples: Int16Array): number {
  if (samples.length === 0) return 0
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return Math.sqrt(sum / samples.length)
}

/**
 * The share of the samples' energy that lies at one frequency (Goertzel's algorithm).
 * @param hz      the frequency; resolved to about rate / samples.length
 * @param rateHz  samples per second
 * @returns 0 (none of it, or silence) to 1 (a pure tone)
 */
export function toneShare(samples: Int16Array, hz: number, rateHz = 8000): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / rateHz)
  let previous = 0
  let beforePrevious = 0
  let energy = 0
  for (const sample of samples) {
    const current = sample + coefficient * previous - beforePrevious
    beforePrevious = previous
    previous = current
    energy += sample * sample
  }
  if (energy === 0) return 0
  const power = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious
  return Math.min(1, (2 * power) / (samples.length * energy))
}

/** The longest stretch of the samples, in ms, in which most of the energy lies at one frequency. */
export function longestToneMs(samples: Int16Array, hz: number, rateHz = 8000): number {
  const block = rateHz / 20
  let longest = 0
  let current = 0
  for (let at = 0; at + block <= samples.length; at += block) {
    const part = samples.subarray(at, at + block)
    current = loudness(part) > 200 && toneShare(part, hz, rateHz) > 0.5 ? current + 1 : 0
    longest = Math.max(longest, current)
  }
  return longest * 50
}
