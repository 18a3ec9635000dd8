import type { AnySipMessage } from '../../sip/edge/message/parse-message.ts'
import type { SipRequest } from '../../sip/edge/message/sip-request.ts'
import { SipResponse } from '../../sip/edge/message/sip-response.ts'
import { EdgeOnPaper } from './edge-on-paper.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'

export interface EdgeFuzzReport {
  readonly seed: number
  readonly steps: number
  readonly rounds: number
  /** What went wrong first, at most three. */
  readonly failures: readonly string[]
}

const methods = [
  'INVITE',
  'REGISTER',
  'OPTIONS',
  'SUBSCRIBE',
  'NOTIFY',
  'MESSAGE',
  'INFO',
  'REFER',
  'UPDATE',
  'BYE',
  'ACK',
  'CANCEL',
  'PRACK',
  'FOO',
] as const
const statuses = [100, 180, 183, 200, 202, 302, 401, 404, 408, 481, 486, 487, 491, 503, 600] as const
const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n'
const stepsPerRound = 400

/** One random life of an edge: phones, applications and time do what they like, and in the end nothing may be left. */
class EdgeFuzz {
  readonly #random: Random
  readonly #edge: EdgeOnPaper
  readonly #history: Buffer[] = []

  constructor(random: Random) {
    this.#random = random
    this.#edge = new EdgeOnPaper(random)
  }

  step(): void {
    const random = this.#random
    const actions = [
      () => this.#fresh(),
      () => this.#fresh(),
      () => this.#answer(),
      () => this.#answer(),
      () => this.#inDialog(),
      () => this.#again(),
      () => this.#respond(),
      () => this.#respond(),
      () => this.#ask(),
      () => this.#askInDialog(),
      () => this.#cancel(),
      () => this.#proxy(),
      () => this.#edge.clock.advance(random.below(random.oneIn(20) ? 40_000 : 700)),
      () => this.#rare(),
    ]
    random.pick(actions)()
  }

  /** Everybody falls silent and time passes: all that is open must come to its end. Returns what went wrong. */
  async finish(): Promise<readonly string[]> {
    const edge = this.#edge
    edge.lose()
    // Each end may begin something that needs a promise to settle and then its own time, such as the next target of a proxy.
    for (let round = 0; round < 8; round++) {
      for (let hour = 0; hour < 15; hour++) edge.clock.advance(3_600_000)
      await settled()
    }
    const left = Object.entries(edge.leftovers()).filter(([, count]) => count !== 0)
    const leaks = left.map(([what, count]) => `${count} ${what} left`)
    return [...edge.failures.map((error) => error.stack ?? error.message), ...leaks]
  }

  #receive(message: AnySipMessage): void {
    const random = this.#random
    const bytes = random.oneIn(30) ? mutate(message.toBuffer(), random) : message.toBuffer()
    this.#history.push(bytes)
    if (this.#history.length > 50) this.#history.shift()
    const protocol = random.oneIn(4) ? 'tcp' : 'udp'
    this.#edge.receive(bytes, this.#edge.flow(protocol, `192.0.2.${random.below(3) + 1}`, 5060 + random.below(3)))
  }

  /** A request from a small world, so that its parts meet again and again. */
  #fresh(): void {
    const random = this.#random
    const method = random.pick(methods)
    const lines = [
      `${method} sip:someone@192.0.2.9 SIP/2.0`,
      `Via: SIP/2.0/UDP 192.0.2.${random.below(3) + 1}:5060;branch=z9hG4bK${random.below(40)}${random.oneIn(2) ? ';rport' : ''}`,
      `From: <sip:a@192.0.2.1>;tag=f${random.below(3)}`,
      `To: <sip:b@192.0.2.9>${random.oneIn(3) ? `;tag=t${random.below(3)}` : ''}`,
      `Call-ID: c${random.below(12)}`,
      `CSeq: ${random.below(4)} ${method}`,
      'Contact: <sip:a@192.0.2.1>',
      `Max-Forwards: ${random.oneIn(20) ? 0 : 70}`,
      ...this.#extras(),
    ]
    this.#edge.receive(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), this.#edge.flow('udp', '192.0.2.1', 5060))
  }

  #extras(): string[] {
    const random = this.#random
    const extras = [
      'Supported: 100rel, timer',
      'Session-Expires: 1800;refresher=uas',
      'Session-Expires: 60',
      'Require: timer',
      'Record-Route: <sip:192.0.2.5;lr>',
      'Route: <sip:192.0.2.9;lr>',
      'Allow: UPDATE',
      'Subscription-State: terminated',
      `RAck: ${random.below(3)} 1 INVITE`,
      'Expires: 60',
    ]
    return extras.filter(() => random.oneIn(5))
  }

  /** A phone answers one of the edge's requests. */
  #answer(): void {
    const request = this.#pick((message) => message.kind === 'request' && message.method !== 'ACK')
    if (request?.kind !== 'request') return
    const random = this.#random
    const response = SipResponse.to(request, random.pick(statuses))
    if (response.status > 100 && request.to.tag === undefined) {
      response.set('To', request.to.withTag(`p${random.below(3)}`).toString())
    }
    response.set('Contact', `<sip:p@192.0.2.${random.below(3) + 1}>`)
    if (random.oneIn(6)) response.set('Require', '100rel').set('RSeq', random.below(3) + 1)
    if (random.oneIn(6)) response.set('Session-Expires', '1800;refresher=uac')
    if (random.oneIn(8)) response.set('Record-Route', '<sip:192.0.2.5;lr>')
    this.#receive(response)
  }

  /** A phone speaks within a dialog that one of the edge's messages belongs to. */
  #inDialog(): void {
    const known = this.#pick((message) => message.to.tag !== undefined)
    if (!known) return
    const random = this.#random
    const method = random.pick(methods)
    const [from, to] =
      known.kind === 'request' ? [known.get('To'), known.get('From')] : [known.get('From'), known.get('To')]
    const lines = [
      `${method} sip:192.0.2.9 SIP/2.0`,
      `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKd${random.below(1000)}`,
      `From: ${from ?? ''}`,
      `To: ${to ?? ''}`,
      `Call-ID: ${known.callId}`,
      `CSeq: ${known.cseq.number + random.below(3)} ${method}`,
      'Contact: <sip:a@192.0.2.1>',
      ...known.values('Record-Route').map((route) => `Route: ${route}`),
      ...this.#extras(),
      ...(known.has('RSeq') ? [`RAck: ${known.get('RSeq') ?? ''} ${known.cseq.number} INVITE`] : []),
    ]
    this.#edge.receive(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), this.#edge.flow('udp', '192.0.2.1', 5060))
  }

  #again(): void {
    const bytes = this.#history.length > 0 ? this.#random.pick(this.#history) : undefined
    if (bytes) this.#edge.receive(bytes, this.#edge.flow('udp', '192.0.2.1', 5060))
  }

  /** The application answers something it was told of. */
  #respond(): void {
    const random = this.#random
    const status = random.pick(statuses)
    const headers = ['Require: 100rel\r\n', 'Session-Expires: 90;refresher=uas\r\n', 'To: <sip:b@192.0.2.9>;tag=t1\r\n']
    const chosen = headers.filter(() => random.oneIn(6)).join('')
    const body = random.oneIn(2) ? sdp : ''
    this.#edge.command(`sip|${this.#transactionId()}|\r\nSIP/2.0 ${status} X\r\n${chosen}\r\n${body}`)
  }

  #ask(): void {
    const random = this.#random
    const host = random.pick(['192.0.2.1', '192.0.2.2;transport=tcp', 'nowhere.example', 'somewhere.example', '<<'])
    const proxy = random.oneIn(4) ? '|sip:192.0.2.3' : ''
    const body = random.oneIn(2) ? sdp : ''
    this.#edge.command(`sip||${proxy}\r\n${random.pick(methods)} sip:p@${host} SIP/2.0\r\n\r\n${body}`)
  }

  #askInDialog(): void {
    const random = this.#random
    const method = random.oneIn(2) ? 'ACK' : random.pick(methods)
    const body = random.oneIn(3) ? sdp : ''
    this.#edge.command(`sip||${this.#dialogId()}\r\n${method} sip:placeholder SIP/2.0\r\n\r\n${body}`)
  }

  #cancel(): void {
    this.#edge.command(`sip|${this.#transactionId()}|\r\nCANCEL sip:p@192.0.2.1 SIP/2.0\r\n\r\n`)
  }

  #proxy(): void {
    const random = this.#random
    const flags = ['remainInDialog', 'fullResponse', 'followRedirects']
      .map((flag) => (random.oneIn(2) ? flag : ''))
      .join('|')
    const order = random.oneIn(2) ? 'simultaneous' : 'serial'
    const to = 'sip:192.0.2.1|sip:192.0.2.2;transport=tcp|sip:nowhere.example'
    this.#edge.command(`proxy|${this.#transactionId()}|${flags}|${order}|${random.oneIn(2) ? '300ms' : ''}||${to}`)
  }

  #rare(): void {
    const random = this.#random
    if (random.oneIn(20)) this.#edge.reconnect()
    else if (random.oneIn(3)) {
      const flow = this.#edge.flow('tcp', `192.0.2.${random.below(3) + 1}`, 5060)
      this.#edge.context.transactions.flowClosed(flow)
    }
  }

  #pick(fits: (message: AnySipMessage) => boolean): SipRequest | SipResponse | undefined {
    const fitting = this.#edge.sent.filter(fits)
    return fitting.length === 0 ? undefined : this.#random.pick(fitting)
  }

  #transactionId(): string {
    return this.#id(({ tokens }) => (tokens[1] === 'sip' ? tokens[8] : tokens[10]))
  }

  #dialogId(): string {
    return this.#id(({ tokens }) => (tokens[1] === 'sip' ? tokens[9] : tokens[11]))
  }

  #id(of: (told: { readonly tokens: readonly string[] }) => string | undefined): string {
    const ids = this.#edge.told.map(of).filter((id) => id !== undefined && id !== '')
    return ids.length === 0 ? 'unknown' : (this.#random.pick(ids) ?? 'unknown')
  }
}

/** Runs random lives of an edge for so many seconds. */
export async function fuzzEdge({
  seconds,
  seed,
}: {
  readonly seconds: number
  readonly seed: number
}): Promise<EdgeFuzzReport> {
  const failures: string[] = []
  const untilMs = performance.now() + seconds * 1000
  let rounds = 0
  for (; performance.now() < untilMs && failures.length === 0; rounds++) {
    const fuzz = new EdgeFuzz(new Random(seed + rounds))
    for (let step = 0; step < stepsPerRound; step++) {
      fuzz.step()
      if (step % 4 === 0) await settled()
    }
    const wrong = await fuzz.finish()
    failures.push(...wrong.map((failure) => `seed ${seed + rounds}: ${failure}`))
  }
  return { seed, steps: rounds * stepsPerRound, rounds, failures: failures.slice(0, 3) }
}

/** Three turns of the event loop: what the edge holds back for its applications is written. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
