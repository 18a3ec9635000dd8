import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { answerFault } from './answer-fault.ts'
import { parseMessage } from './parse-message.ts'
import { statusForFault, type FaultCode } from './parse-fault.ts'
import type { SipMessage } from './sip-message.ts'
import type { SipRequest } from './sip-request.ts'
import { StreamFramer } from './stream-framer.ts'

function bytesOf(name: string): Buffer {
  return readFileSync(`test/fixtures/rfc4475/${name}.dat`)
}

function accepted(name: string): SipMessage {
  const outcome = parseMessage(bytesOf(name))
  if (!outcome.ok) throw new Error(`${name}: ${JSON.stringify(outcome.fault)}`)
  return outcome.message
}

function acceptedRequest(name: string): SipRequest {
  const outcome = parseMessage(bytesOf(name))
  if (!outcome.ok || outcome.message.kind !== 'request') throw new Error(`${name} is no request`)
  return outcome.message
}

/** What RFC 4475 asks a parser to take; those of 3.3 fail later, in the layer above. */
const taken = [
  ['3.1.1.1', 'wsinv'],
  ['3.1.1.2', 'intmeth'],
  ['3.1.1.3', 'esc01'],
  ['3.1.1.4', 'escnull'],
  ['3.1.1.5', 'esc02'],
  ['3.1.1.6', 'lwsdisp'],
  ['3.1.1.7', 'longreq'],
  ['3.1.1.8', 'dblreq'],
  ['3.1.1.9', 'semiuri'],
  ['3.1.1.10', 'transports'],
  ['3.1.1.11', 'mpart01'],
  ['3.1.1.12', 'unreason'],
  ['3.1.1.13', 'noreason'],
  ['3.1.2.12', 'baddate'],
  ['3.1.2.14', 'badaspec'],
  ['3.1.2.15', 'baddn'],
  ['3.2.1', 'badbranch'],
  ['3.3.4', 'unksm2'],
  ['3.3.5', 'bext01'],
  ['3.3.6', 'invut'],
  ['3.3.7', 'regaut01'],
  ['3.3.10', 'bcast'],
  ['3.3.11', 'zeromf'],
  ['3.3.12', 'cparam01'],
  ['3.3.13', 'cparam02'],
  ['3.3.14', 'regescrt'],
  ['3.3.15', 'sdp01'],
  ['3.4.1', 'inv2543'],
] as const

const refused: readonly (readonly [section: string, name: string, fault: FaultCode, status: number | 'drop'])[] = [
  ['3.1.2.1', 'badinv01', 'bad-header', 400],
  ['3.1.2.2', 'clerr', 'short-body', 400],
  ['3.1.2.3', 'ncl', 'bad-header', 400],
  ['3.1.2.4', 'scalar02', 'bad-header', 400],
  ['3.1.2.5', 'scalarlg', 'bad-header', 'drop'],
  ['3.1.2.6', 'quotbal', 'bad-header', 400],
  ['3.1.2.7', 'ltgtruri', 'bad-uri', 400],
  ['3.1.2.8', 'lwsruri', 'bad-start-line', 400],
  ['3.1.2.9', 'lwsstart', 'bad-start-line', 400],
  ['3.1.2.10', 'trws', 'bad-start-line', 400],
  ['3.1.2.11', 'escruri', 'bad-uri', 400],
  ['3.1.2.13', 'regbadct', 'bad-header', 400],
  ['3.1.2.16', 'badvers', 'bad-version', 505],
  ['3.1.2.17', 'mismatch01', 'method-mismatch', 400],
  ['3.1.2.18', 'mismatch02', 'method-mismatch', 400],
  ['3.1.2.19', 'bigcode', 'bad-status', 'drop'],
  ['3.3.1', 'insuf', 'missing-header', 400],
  ['3.3.2', 'unkscm', 'unknown-scheme', 416],
  ['3.3.3', 'novelsc', 'unknown-scheme', 416],
  ['3.3.8', 'multi01', 'duplicate-header', 400],
  ['3.3.9', 'mcl01', 'duplicate-header', 400],
]

for (const [section, name] of taken) {
  void test(`RFC 4475 ${section} ${name} is taken`, async (t) => {
    const message = accepted(name)
    t.ok(message.callId.length > 0)
    t.same(parseMessage(message.clone().toBuffer()).ok, true, 'and is taken again after it was written')
  })
}

for (const [section, name, code, status] of refused) {
  void test(`RFC 4475 ${section} ${name} is refused: ${code}, ${status}`, async (t) => {
    const outcome = parseMessage(bytesOf(name))
    t.notOk(outcome.ok)
    if (outcome.ok) return
    t.equal(outcome.fault.code, code)
    const answer = outcome.message && answerFault(outcome.fault, outcome.message, 'tag')
    t.equal(answer?.status ?? 'drop', status)
    if (status !== 'drop') t.equal(statusForFault(outcome.fault), status)
  })
}

void test('a short tortuous INVITE is understood', async (t) => {
  const message = acceptedRequest('wsinv')
  t.equal(message.uri, 'sip:vivekg@chair-dnrc.example.com;unknownparam')
  t.equal(message.to.tag, '1918181833n')
  t.equal(message.from.displayName, 'J Rosenberg \\"')
  t.equal(message.from.tag, '98asjd8')
  t.equal(message.maxForwards, 68)
  t.same(message.cseq, { number: 9, method: 'INVITE' })
  t.equal(message.get('Subject'), '')
  t.equal(message.get('newfangledheader'), 'newfangled value continued newfangled value')
  t.equal(message.get('UnknownHeaderWithUnusualValue'), ';;,,;;,;')
  t.same(
    message.vias.map((via) => [via.transport, via.host, via.branch]),
    [
      ['UDP', '192.0.2.2', '390skdjuw'],
      ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
      ['UDP', '192.168.255.111', 'z9hG4bK30239'],
    ],
  )
  t.equal(message.contacts[0]?.displayName, 'Quoted string ""')
  t.equal(message.contacts[0]?.params.get('q'), '0.33')
  t.equal(message.contacts[0]?.params.get('newparam'), 'newvalue')
  t.equal(message.body.length, 150)
})

void test('a wide range of valid characters is understood', async (t) => {
  const message = acceptedRequest('intmeth')
  t.equal(message.method, "!interesting-Method0123456789_*+`.%indeed'~")
  t.equal(message.sipUri?.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
  t.equal(message.to.displayName, 'BEL:\x07 NUL:\x00 DEL:\x7f')
  t.equal(message.from.params.get("fromParam''~+*_!.-%"), 'работающий')
  t.equal(message.get("extensionHeader-!.%*+_`'~"), '﻿大停電')
  t.same(message.toBuffer(), bytesOf('intmeth'))
})

void test('escapes mean what they stand for in a URI, and nothing elsewhere', async (t) => {
  const invite = acceptedRequest('esc01')
  t.equal(invite.sipUri?.user, 'sips:user@example.com')
  t.equal(invite.to.sip?.user, 'user')
  t.equal(invite.from.sip?.user, 'I have spaces')
  t.equal(invite.contacts[0]?.sip?.user, 'caller')
  t.equal(acceptedRequest('escnull').contacts[1]?.sip?.user, '\0\0')
  const strange = acceptedRequest('esc02')
  t.equal(strange.method, 'RE%47IST%45R')
  t.equal(strange.to.displayName, '%Z%45')
  t.equal(strange.contacts.length, 2)
})

void test('two requests in one datagram are the first and ignored bytes; in a stream they are two', async (t) => {
  t.equal(acceptedRequest('dblreq').method, 'REGISTER')
  const framer = new StreamFramer()
  const messages = framer.push(bytesOf('dblreq'))
  t.same(
    messages.map((message) => message.cseq.method),
    ['REGISTER', 'INVITE'],
  )
})

void test('the other valid messages keep what they carry', async (t) => {
  t.equal(acceptedRequest('semiuri').sipUri?.user, 'user;par=u@example.net')
  t.equal(acceptedRequest('lwsdisp').from.displayName, 'caller')
  t.equal(acceptedRequest('transports').vias[3]?.transport, 'UNKNOWN')
  t.equal(acceptedRequest('longreq').vias.length, 34)
  t.same(acceptedRequest('mpart01').body, bytesOf('mpart01').subarray(-acceptedRequest('mpart01').body.length))
  const unreason = parseMessage(bytesOf('unreason'))
  t.ok(unreason.ok && unreason.message.kind === 'response' && unreason.message.reason.startsWith('= 2**3 * 5**2 но'))
  const noreason = parseMessage(bytesOf('noreason'))
  t.ok(noreason.ok && noreason.message.kind === 'response' && noreason.message.reason === '')
})
