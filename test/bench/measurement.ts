/** One line of a bench's result. */
export interface Measurement {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What it should be at most, in the same unit. */
  readonly limit?: number
  readonly note?: string
}

const rounded = (value: number) => (value < 10 ? value.toFixed(3) : value.toFixed(1))

/** Measurements as a table of plain text. */
export function tableOf(measurements: readonly Measurement[]): string {
  const rows = [['what', 'measured', 'at most', 'note']]
  for (const { what, value, unit, limit, note = '' } of measurements) {
    rows.push([what, `${rounded(value)} ${unit}`, limit === undefined ? '' : `${limit} ${unit}`, note])
  }
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

export function isWithinLimit({ value, limit }: Measurement): boolean {
  return limit === undefined || value <= limit
}
