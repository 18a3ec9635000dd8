import { binaryOfLine, type HeaderField } from './header-field.ts'
import { HeaderList } from './header-list.ts'
import { headerBits } from './header-names.ts'
import { reasonPhrase } from './reason-phrases.ts'
import { bodyBytes, headerListOf, SipMessage, type HeaderInit } from './sip-message.ts'
import type { SipRequest } from './sip-request.ts'

export interface ResponseInit {
  readonly status: number
  readonly reason?: string
  readonly headers?: HeaderInit
  readonly body?: string | Buffer
}

export class SipResponse extends SipMessage {
  readonly kind = 'response'
  readonly status: number
  readonly reason: string

  /** For the parser; others use `SipResponse.create` or `SipResponse.to`. */
  constructor(status: number, reason: string, headers: HeaderList, body: Buffer, bytes?: Buffer) {
    super(headers, body, bytes)
    this.status = status
    this.reason = reason
  }

  static create(init: ResponseInit): SipResponse {
    const reason = init.reason ?? reasonPhrase(init.status)
    return new SipResponse(init.status, reason, headerListOf(init.headers), bodyBytes(init.body))
  }

  /**
   * A response to `request` with its Via, From, To, Call-ID and CSeq as they came (RFC 3261 8.2.6.2), as far as it has
   * them; Timestamp in a 100 (8.2.6.1); Record-Route where the response can make a dialog (12.1.1).
   */
  static to(request: SipRequest, status: number, reason: string = reasonPhrase(status)): SipResponse {
    const makesDialog = status > 100 && status < 300 && dialogMakers.has(request.method)
    const wanted = makesDialog ? copiedToDialog : status === 100 ? copiedToTrying : copied
    const fields: HeaderField[] = []
    for (const field of request.fields) if (field.kind.bit & wanted) fields.push(field)
    return new SipResponse(status, reason, new HeaderList(fields), bodyBytes(undefined))
  }

  clone(): SipResponse {
    return new SipResponse(this.status, this.reason, this.headerList.copy(), this.body)
  }

  protected startLine(): string {
    return `${this.version} ${this.status} ${binaryOfLine(this.reason)}`
  }
}

const copied = headerBits('Via', 'From', 'To', 'Call-ID', 'CSeq')
const copiedToDialog = copied | headerBits('Record-Route')
const copiedToTrying = copied | headerBits('Timestamp')
const dialogMakers: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'NOTIFY'])
