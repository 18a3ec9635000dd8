/**
 * Estimates how good a stream sounds, as a mean opinion score of 1 to 4.5, by the E-model (ITU-T G.107) with the G.711 figures of
 * G.113 for random loss with concealment.
 */
export function estimateMos(quality: {
  readonly lossRatio: number
  readonly jitterMs: number
  readonly roundTripMs: number
}): number {
  const delayMs = quality.roundTripMs / 2 + quality.jitterMs * 2 + 20
  const delayImpairment = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0)
  const lossPercent = quality.lossRatio * 100
  const lossImpairment = (95 * lossPercent) / (lossPercent + 25.1)
  const rating = Math.max(0, Math.min(93.2, 93.2 - delayImpairment - lossImpairment))
  const score = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6
  return Math.round(Math.max(1, Math.min(4.5, score)) * 100) / 100
}
