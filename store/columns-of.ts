export type ColumnValue = string | number | null

/**
 * The columns for an object's fields: `sipUsername` becomes `sip_username`, objects and lists become JSON text,
 * `null` clears a column, fields that are undefined are left out.
 */
export function columnsOf(fields: object): Record<string, ColumnValue> {
  const columns: Record<string, ColumnValue> = {}
  for (const [field, value] of Object.entries(fields) as [string, unknown][]) {
    if (value !== undefined) columns[snakeCase(field)] = columnValue(value)
  }
  return columns
}

function columnValue(value: unknown): ColumnValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  return JSON.stringify(value)
}

function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
