import assert from 'node:assert/strict'
import { answerFault } from '../../sip/edge/message/answer-fault.ts'
import { parseLoosely, parseMessage, type AnySipMessage } from '../../sip/edge/message/parse-message.ts'
import { describeFault } from '../../sip/edge/message/parse-fault.ts'
import { SipResponse } from '../../sip/edge/message/sip-response.ts'
import { stampReceived } from '../../sip/edge/message/stamp-received.ts'
import { StreamFramer } from '../../sip/edge/message/stream-framer.ts'
import type { Random } from './random.ts'

/** What holds for any bytes whatever; throws when something does not. True when they were a message. */
export function checkParser(bytes: Buffer, random: Random): boolean {
  checkFraming(bytes, random)
  parseLoosely(bytes)?.toBuffer()
  const outcome = parseMessage(bytes)
  if (outcome.ok) checkMessage(outcome.message)
  else {
    describeFault(outcome.fault)
    const answer = outcome.message && answerFault(outcome.fault, outcome.message, 'tag')
    answer?.toBuffer()
  }
  return outcome.ok
}

/** A message that was taken can be read, says the same after it was written anew, and can be answered. */
function checkMessage(message: AnySipMessage): void {
  const before = meaningOf(message)
  const written = message.clone().toBuffer()
  assert.doesNotMatch(headOf(written), /\r(?!\n)|(?<!\r)\n/, 'a line break that is no CRLF')
  const again = parseMessage(written)
  assert.ok(again.ok, `written anew it is refused: ${again.ok ? '' : describeFault(again.fault)}`)
  assert.deepEqual(meaningOf(again.message), before)
  if (message.kind === 'response') return
  stampReceived(message, '192.0.2.9', 5099)
  const response = SipResponse.to(message, 200).set('To', message.to.withTag('tag').toString())
  const answered = parseMessage(response.toBuffer())
  assert.ok(answered.ok, `its answer is refused: ${answered.ok ? '' : describeFault(answered.fault)}`)
  assert.equal(answered.message.callId, before.callId)
  assert.equal(answered.message.to.tag, 'tag')
}

function headOf(bytes: Buffer): string {
  return bytes.toString('latin1', 0, bytes.indexOf('\r\n\r\n'))
}

function meaningOf(message: AnySipMessage) {
  const { callId, cseq, topVia, from, to, contacts } = message
  return {
    start: message.kind === 'request' ? `${message.method} ${message.uri}` : `${message.status} ${message.reason}`,
    callId,
    cseq,
    via: topVia.toString(),
    from: [from.displayName, from.uri, from.params.toString()],
    to: [to.displayName, to.uri, to.params.toString()],
    contacts: contacts.map((contact) => [contact.displayName, contact.uri, contact.params.toString()]),
    routes: message.values('Route'),
    headers: [...message.headers()].filter(([name]) => name !== 'Content-Length'),
    body: message.body.toString('latin1'),
  }
}

/** A stream says the same in whatever pieces it comes. */
function checkFraming(bytes: Buffer, random: Random): void {
  const whole = framed([bytes])
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const until = at + 1 + random.below(random.oneIn(2) ? 4 : 200)
    pieces.push(Buffer.from(bytes.subarray(at, until)))
    at = until
  }
  assert.deepEqual(framed(pieces), whole)
}

function framed(pieces: readonly Buffer[]): string[] {
  const heard: string[] = []
  const framer = new StreamFramer({
    malformed: (fault, isFatal) => heard.push(`${fault.code} ${isFatal}`),
    ping: () => heard.push('ping'),
  })
  const messages = pieces.flatMap((piece) => framer.push(piece))
  return [...heard, ...messages.map((message) => message.toBuffer().toString('latin1'))]
}
