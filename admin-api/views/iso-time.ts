/** A time as the API writes it: UTC, ISO 8601. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString()
}

export function optionalIsoTime(atMs: number | undefined): string | null {
  return atMs === undefined ? null : isoTime(atMs)
}
