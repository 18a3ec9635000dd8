import type { Random } from './random.ts'

const tokens = [
  'a',
  'alice',
  'z9hG4bK',
  'x-1',
  "~`'+*_",
  '100rel',
  '.',
  '%41',
  'INVITE',
  '0',
  '2147483648',
  '-1',
] as const
const hosts = [
  'a',
  'b.example',
  '10.0.0.1',
  '[2001:db8::1]',
  '[::ffff:1.2.3.4]',
  '255.255.255.255',
  'a_b',
  'x.',
] as const
const methods = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'MESSAGE', 'FOO', 'invite'] as const
const blanks = ['', '', '', ' ', '  ', '\t', ' \r\n ', '\r\n\t'] as const
const texts = ['', 'x', 'ü大停電', '\xff', '\0', '\\', '"', 'a b', ',', ';', '<', '>', '%', '\r', '\n', '='] as const

/** Makes SIP messages by the grammar of RFC 3261 25, each part of it bent a little now and then. */
export class SipGrammar {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  message(): string {
    const random = this.#random
    const method = random.pick(methods)
    const body = random.oneIn(3) ? random.repeat(20, () => this.#text()) : ''
    const lines = [this.#startLine(method), ...this.#mandatory(method), ...this.#others()]
    const length = random.oneIn(8) ? random.pick(['', '-1', '9', '99999', '1 1', '0x1']) : Buffer.byteLength(body)
    if (!random.oneIn(10))
      lines.push(`${random.pick(['Content-Length', 'l', 'CONTENT-LENGTH '])}:${this.#blank()}${length}`)
    const end = random.oneIn(30) ? '\n' : '\r\n'
    return `${lines.join(end)}${end}${end}${body}`
  }

  #startLine(method: string): string {
    const random = this.#random
    const version = random.oneIn(20) ? random.pick(['SIP/3.0', 'sip/2.0', 'HTTP/1.1', 'SIP/2.0 ']) : 'SIP/2.0'
    if (!random.oneIn(4)) return `${method} ${this.#uri()} ${version}`
    const status = random.oneIn(10) ? random.pick(['99', '700', '20x', '4294967301']) : 100 + random.below(600)
    return `${version} ${status} ${random.repeat(3, () => this.#text())}`
  }

  /** In any order, each left out or doubled now and then. */
  #mandatory(method: string): string[] {
    const random = this.#random
    const fields = [
      () =>
        this.#field(
          ['Via', 'v', 'VIA'],
          this.#list(() => this.#via()),
        ),
      () => this.#field(['From', 'f'], this.#nameAddr()),
      () => this.#field(['To', 't'], this.#nameAddr()),
      () => this.#field(['Call-ID', 'i', 'call-id'], `${this.#token()}@${random.pick(hosts)}`),
      () =>
        this.#field(['CSeq', 'cseq'], `${random.below(2 ** 31)} ${random.oneIn(12) ? random.pick(methods) : method}`),
      () => this.#field(['Max-Forwards'], random.pick(['70', '0', '255', '256', '-1', 'x'])),
    ]
    const made: string[] = []
    for (const field of fields) {
      if (random.oneIn(25)) continue
      made.splice(random.below(made.length + 1), 0, field())
      if (random.oneIn(25)) made.push(field())
    }
    return made
  }

  #others(): string[] {
    const random = this.#random
    return Array.from({ length: random.below(8) }, () => {
      return random.pick([
        () => this.#field(['Contact', 'm'], random.oneIn(6) ? '*' : this.#list(() => this.#nameAddr())),
        () =>
          this.#field(
            ['Route', 'Record-Route', 'Path'],
            this.#list(() => this.#nameAddr()),
          ),
        () => this.#field(['Expires', 'Min-Expires'], random.pick(['0', '3600', '99999999999999999999', 'x', ''])),
        () =>
          this.#field(
            ['Supported', 'k', 'Require', 'Allow'],
            this.#list(() => this.#token()),
          ),
        () => this.#field(['Content-Type', 'c'], `application/sdp${this.#params()}`),
        () =>
          this.#field(
            ['Subject', 's', 'X-Own', 'X-Ü'],
            random.repeat(5, () => this.#text()),
          ),
        () => this.#field(['Authorization'], `Digest username=${this.#quoted()}, uri="${this.#uri()}"`),
        () => random.repeat(5, () => this.#text()),
      ])()
    })
  }

  #field(names: readonly string[], value: string): string {
    return `${this.#random.pick(names)}${this.#random.oneIn(8) ? ' ' : ''}:${this.#blank()}${value}`
  }

  #via(): string {
    const random = this.#random
    const slash = `${this.#blank()}/${this.#blank()}`
    const port = random.oneIn(2) ? `:${random.below(70_000)}` : ''
    const transport = random.pick(['UDP', 'TCP', 'TLS', 'WSS', 'x', ''])
    return `SIP${slash}2.0${slash}${transport} ${this.#blank()}${random.pick(hosts)}${port}${this.#params()}`
  }

  #nameAddr(): string {
    const random = this.#random
    const uri = this.#uri()
    const display = random.pick([() => '', () => this.#quoted(), () => this.#token(), () => this.#text()])()
    return random.oneIn(3) ? `${uri}${this.#params()}` : `${display}${this.#blank()}<${uri}>${this.#params()}`
  }

  #uri(): string {
    const random = this.#random
    const scheme = random.pick(['sip', 'sip', 'sip', 'sips', 'SIP', 'tel', 'urn', 'x', ''])
    const user = random.oneIn(4)
      ? ''
      : `${random.oneIn(9) ? this.#text() : this.#token()}${random.oneIn(6) ? ':p' : ''}@`
    const port = random.oneIn(4) ? `:${random.below(70_000)}` : ''
    const headers = random.oneIn(9) ? `?${this.#token()}=${this.#token()}` : ''
    return `${scheme}:${user}${random.pick(hosts)}${port}${random.oneIn(3) ? this.#params() : ''}${headers}`
  }

  #params(): string {
    const random = this.#random
    return random.repeat(4, () => {
      const value = random.pick([
        () => '',
        () => `=${this.#token()}`,
        () => `=${this.#quoted()}`,
        () => `=${random.pick(hosts)}`,
      ])
      const name = random.pick(['tag', 'branch', 'rport', 'received', 'lr', 'q', 'expires', 'transport', 'Tag', ''])
      return `${this.#blank()};${this.#blank()}${name}${value()}`
    })
  }

  #list(element: () => string): string {
    return this.#random.repeat(3, element, `${this.#blank()},${this.#blank()}`) || element()
  }

  #quoted(): string {
    const close = this.#random.oneIn(20) ? '' : '"'
    return `"${this.#random.repeat(4, () => this.#random.pick(['a', ' ', '\\"', '\\\\', ',', ';', '<', 'ü', this.#text()]))}${close}`
  }

  #token(): string {
    return this.#random.pick(tokens)
  }

  #blank(): string {
    return this.#random.pick(blanks)
  }

  #text(): string {
    return this.#random.pick(texts)
  }
}
