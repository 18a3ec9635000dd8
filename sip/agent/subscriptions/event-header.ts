/** The package that an Event header names, without its parameters (RFC 6665 8.2.1); '' without a header. */
export function eventPackageOf(header: string): string {
  return (header.split(';', 1)[0] ?? '').trim().toLowerCase()
}
