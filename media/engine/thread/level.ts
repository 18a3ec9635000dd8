/** About -40 dBm0: telephone line noise stays below, any speech is above. */
const audibleRms = 230

/** Whether anything can be heard in one tick of samples. */
export function isAudible(samples: Int16Array): boolean {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return sum > audibleRms * audibleRms * samples.length
}
