import type { SipTrace } from '../sip/agent/sip-trace.ts'
import type { TracedMessage } from '../sip/edge/core/sip-trace.ts'

/** Requests that belong to no call: there are many of them, and no ladder wants them. */
const notOfCalls = /^(?:REGISTER|OPTIONS|SUBSCRIBE|NOTIFY|PUBLISH|MESSAGE)$/
const callId = /^(?:call-id|i)[ \t]*:[ \t]*([^\r\n]+)/im
const cseq = /^cseq[ \t]*:[ \t]*(\d+)[ \t]+([A-Z]+)/im
/** Where the headers that are looked for stand at the latest, in bytes, in any message of a phone. */
const headBytes = 4096

/** Keeps a message for its call's ladder: the start line and the addresses, nothing secret. */
export function traceMessage(trace: SipTrace, message: TracedMessage): void {
  const head = message.bytes.toString('latin1', 0, headBytes)
  const [, number, method] = cseq.exec(head) ?? []
  const sipCallId = callId.exec(head)?.[1]?.trim()
  if (number === undefined || method === undefined || sipCallId === undefined || notOfCalls.test(method)) return
  const isIncoming = message.direction === 'in'
  trace.add({
    atMs: message.atMs,
    from: isIncoming ? message.remote : message.local,
    to: isIncoming ? message.local : message.remote,
    protocol: message.protocol,
    summary: head.slice(0, head.indexOf('\r\n')),
    sipCallId,
    cseq: `${number} ${method}`,
  })
}
