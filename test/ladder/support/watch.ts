import { randomUUID } from 'node:crypto'
import type { SipRequest } from '../../../sip/edge/message/sip-request.ts'
import type { SipResponse } from '../../../sip/edge/message/sip-response.ts'
import type { TestPhone } from '../../support/phone/test-phone.ts'

/** A subscription that a test phone holds. */
export class Watch {
  /** The answer to the first SUBSCRIBE. */
  readonly answer: SipResponse
  readonly #phone: TestPhone
  readonly #callId: string
  readonly #event: string

  private constructor(phone: TestPhone, answer: SipResponse, event: string) {
    this.#phone = phone
    this.answer = answer
    this.#callId = answer.callId
    this.#event = event
  }

  static async start(phone: TestPhone, number: string, event: string, expires = '600'): Promise<Watch> {
    const answer = await phone.sends('SUBSCRIBE', `sip:${number}@${phone.options.domain}`, {
      'Call-ID': randomUUID(),
      Contact: `<${phone.contact}>`,
      Event: event,
      Expires: expires,
    })
    return new Watch(phone, answer, event)
  }

  /** The next NOTIFY. */
  async hears(): Promise<{ readonly state: string; readonly body: string; readonly notify: SipRequest }> {
    const notify = await this.#phone.receives()
    return { state: notify.get('Subscription-State') ?? '', body: notify.body.toString(), notify }
  }

  /** Hears until something fits; states in between may be skipped or repeated. */
  async hearsOf(what: RegExp): Promise<string> {
    for (;;) {
      const { body } = await this.hears()
      if (what.test(body)) return body
    }
  }

  /** Asks within the dialog for more time, or with 0 for its end. */
  async renews(expires: string): Promise<SipResponse> {
    return this.#phone.sends('SUBSCRIBE', this.answer.contacts[0]?.uri ?? '', {
      'Call-ID': this.#callId,
      To: this.answer.get('To') ?? '',
      Contact: `<${this.#phone.contact}>`,
      Event: this.#event,
      Expires: expires,
    })
  }
}
