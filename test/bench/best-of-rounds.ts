export interface Rounds {
  /** The lowest value: whatever else runs on the machine can only add to it. */
  readonly best: number
  readonly worst: number
}

/** Measures the same work again and again. On a machine that is shared, one long measurement says more about the others. */
export async function bestOfRounds(count: number, measure: () => Promise<number>): Promise<Rounds> {
  const values: number[] = []
  for (let round = 0; round < count; round += 1) values.push(await measure())
  return { best: Math.min(...values), worst: Math.max(...values) }
}

/** For a measurement's note. */
export function spreadOf({ best, worst }: Rounds): string {
  return `best of the rounds, the worst ${(worst / best).toFixed(1)} times that`
}
