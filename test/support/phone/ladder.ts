/** One message on the wire, as a ladder shows it. */
export interface LadderLine {
  readonly atMs: number
  /** `address:port`, or a name. */
  readonly from: string
  readonly to: string
  /** The start line, shortened: `INVITE sip:1002@…` or `200 OK`. */
  readonly summary: string
}

const [narrowest, widest] = [30, 46]

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

function arrow(label: string, width: number, isRightwards: boolean): string {
  const text = ` ${shorten(label, width - 6)} `
  const left = Math.floor((width - 1 - text.length) / 2)
  const right = width - 1 - text.length - left
  return isRightwards
    ? `${'─'.repeat(left)}${text}${'─'.repeat(right)}▶`
    : `◀${'─'.repeat(left)}${text}${'─'.repeat(right)}`
}

function row(line: LadderLine, lanes: readonly string[], laneWidth: number): string {
  const [from, to] = [lanes.indexOf(line.from), lanes.indexOf(line.to)]
  const [first, last] = [Math.min(from, to), Math.max(from, to)]
  const cells: string[] = []
  for (let at = 0; at < lanes.length - 1; at += 1) {
    if (at === first && last > first) {
      cells.push(`│${arrow(line.summary, (last - first) * laneWidth + last - first - 1, from < to)}`)
      at = last - 1
    } else cells.push(`│${' '.repeat(laneWidth)}`)
  }
  return `${cells.join('')}│`
}

/**
 * Messages as arrows between columns, with the seconds since the first at the left.
 * @param names  column titles by `address:port`; others are shown as they are. Its order is the columns' order.
 */
export function drawLadder(messages: readonly LadderLine[], names: ReadonlyMap<string, string> = new Map()): string {
  const title = (end: string) => names.get(end) ?? end
  const renamed = messages.map((each) => ({ ...each, from: title(each.from), to: title(each.to) }))
  const seen = renamed.flatMap((each) => [each.from, each.to])
  const lanes = [...new Set([...names.values(), ...seen])].filter((lane) => seen.includes(lane))
  const startMs = messages[0]?.atMs ?? 0
  const longest = Math.max(0, ...messages.map((each) => each.summary.length))
  const laneWidth = Math.min(widest, Math.max(narrowest, longest + 6))
  const heading = lanes.map((lane) => shorten(lane, laneWidth).padEnd(laneWidth + 1)).join('')
  const rows = renamed.map(
    (each) => `${((each.atMs - startMs) / 1000).toFixed(3).padStart(7)}  ${row(each, lanes, laneWidth)}`,
  )
  return [`${' '.repeat(9)}${heading.trimEnd()}`, ...rows].join('\n')
}

/** A request line or status line without what a reader of a ladder does not need. */
export function summarise(startLine: string): string {
  return startLine.replace(/^SIP\/2\.0 /, '').replace(/ SIP\/2\.0$/, '')
}
