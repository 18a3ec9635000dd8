/** The key pressed in a SIP INFO, in either of the two bodies that phones use for it; undefined for other INFOs. */
export function digitOfInfo(contentType: string, body: string): string | undefined {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/dtmf-relay') return keyOf(/^\s*signal\s*=\s*(\S+)/im.exec(body)?.[1])
  if (type === 'application/dtmf') return keyOf(body.trim())
  return undefined
}

function keyOf(text: string | undefined): string | undefined {
  if (text === '10') return '*'
  if (text === '11') return '#'
  const key = text?.toUpperCase()
  return key !== undefined && /^[0-9*#A-D]$/.test(key) ? key : undefined
}
