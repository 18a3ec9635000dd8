/**
 * What a person meant to dial: escapes undone, and the separators that people type between digits taken out.
 * Names (`reception`) are left as they are, in lower case.
 * @param user the user part of a Request-URI, still escaped (RFC 3261 19.1.2)
 */
export function normalizeDialled(user: string): string {
  const text = unescaped(user).split(';', 1)[0] ?? ''
  if (!/^[+*#0-9][*#0-9().\s-]*$/.test(text)) return text.toLowerCase()
  return text.replace(/[().\s-]/g, '')
}

function unescaped(user: string): string {
  try {
    return decodeURIComponent(user)
  } catch {
    return user
  }
}
