import { FakeClock } from '../../../core/fake-clock.ts'
import { SipRequest } from '../message/sip-request.ts'
import { SipResponse } from '../message/sip-response.ts'
import type { Flow } from '../transport/flow.ts'
import type { Outlet, SendObserver } from './outlet.ts'
import { TimerQueue } from './timer-queue.ts'
import { standardTimers } from './timer-values.ts'

/** For the tests of this folder: a clock in the hand and a wire on paper. */
export class Bench {
  readonly clock = new FakeClock()
  readonly failures: Error[] = []
  readonly timers = new TimerQueue(this.clock, (error) => this.failures.push(error))
  /** What was sent, and when: `500 INVITE`, `0 180`. */
  readonly sent: string[] = []
  readonly ended: string[] = []
  retransmissions = 0
  /** What the next sendings fail with. */
  failure: Error | undefined

  /** What a transaction shares with its layer. */
  get context() {
    return {
      timers: this.timers,
      values: standardTimers,
      retransmitted: () => {
        this.retransmissions++
      },
      ended: ({ key }: { readonly key: string }) => {
        this.ended.push(key)
      },
    }
  }

  outlet(isReliable: boolean, peer?: string): Outlet {
    const send = (bytes: Buffer, observer: SendObserver) => {
      const [first = '', second = ''] = bytes.toString().split(' ')
      this.sent.push(`${this.clock.monotonicMs()} ${first === 'SIP/2.0' ? second : first}`)
      if (this.failure) observer.sendFailed(this.failure)
    }
    return peer === undefined ? { isReliable, send } : { isReliable, peer, send }
  }

  /** When things were sent since the last look. */
  take(): string[] {
    return this.sent.splice(0)
  }
}

export interface RequestParts {
  readonly branch?: string
  readonly callId?: string
  readonly seq?: number
  readonly toTag?: string
  readonly fromTag?: string
  readonly sentBy?: string
  readonly uri?: string
}

export function request(method: string, parts: RequestParts = {}): SipRequest {
  const { branch = 'z9hG4bKone', callId = 'call', seq = 1, toTag, fromTag = 'from', sentBy = '192.0.2.1:5060' } = parts
  return SipRequest.create({
    method,
    uri: parts.uri ?? 'sip:bob@192.0.2.9',
    headers: {
      Via: `SIP/2.0/UDP ${sentBy}${branch === '' ? '' : `;branch=${branch}`}`,
      'Max-Forwards': 70,
      From: `<sip:alice@192.0.2.1>;tag=${fromTag}`,
      To: `<sip:bob@192.0.2.9>${toTag === undefined ? '' : `;tag=${toTag}`}`,
      'Call-ID': callId,
      CSeq: `${seq} ${method}`,
    },
  })
}

export function response(to: SipRequest, status: number, tag = 'to'): SipResponse {
  const made = SipResponse.to(to, status)
  return to.to.tag === undefined && status > 100 ? made.set('To', `${to.get('To') ?? ''};tag=${tag}`) : made
}

/** A flow that leads nowhere. */
export const noFlow: Flow = {
  protocol: 'udp',
  localAddress: '192.0.2.9',
  localPort: 5060,
  remoteAddress: '192.0.2.1',
  remotePort: 5060,
  id: 'flow',
  isReliable: false,
  isOpen: true,
  point: undefined,
  send: () => undefined,
}
