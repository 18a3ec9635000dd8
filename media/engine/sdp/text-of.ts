/** sdp-transform makes a number of what looks like one, whatever its types say. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
}
