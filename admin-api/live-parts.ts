import type { CallId, UserId } from '../core/ids.ts'
import type { Binding } from '../store/binding.ts'
import type { CallDirection } from '../store/call-record.ts'

/** A call that runs now, as far as the API shows it. */
export interface LiveCall {
  readonly id: CallId
  readonly direction: CallDirection
  readonly state: string
  readonly fromNumber: string
  readonly fromName: string
  readonly fromUserId?: UserId | undefined
  readonly toNumber: string
  readonly toUserId?: UserId | undefined
  readonly startedAtMs: number
  readonly answeredAtMs?: number | undefined
  readonly answeredByUserId?: UserId | undefined
}

/** The calls that run now. */
export interface LiveCalls {
  list(): readonly LiveCall[]
  /** Ends a call; resolves to false when no such call runs. */
  hangUp(id: CallId): Promise<boolean>
}

/** The registrar's bindings that have not expired. */
export interface LiveRegistrations {
  list(): readonly Binding[]
}

/** An address whose SIP messages are dropped for a time. */
export interface Ban {
  readonly address: string
  readonly because: 'wrong-password' | 'wrong-user' | 'malformed' | 'scanner'
  readonly times: number
  readonly sinceMs: number
  readonly untilMs: number
}

/** The bans of the SIP side; empty when another program is the SIP edge. */
export interface LiveBans {
  list(): readonly Ban[]
  /** Ends a ban; undefined when there is none. */
  release(address: string): Ban | undefined
}

export interface HealthCheck {
  readonly isOk: boolean
  /** For the operator, and readable without login: no addresses, no secrets. */
  readonly detail?: string | undefined
}

/** Whether each part that calls need is there: `database`, `edge`, `media`. */
export interface Health {
  check(): Promise<Readonly<Record<string, HealthCheck>>>
}

/** A point where the exchange takes SIP, as phones are told it. */
export interface SipServer {
  readonly transport: string
  readonly host: string
  readonly port: number
}

/** What a device must know of the SIP side to register. */
export interface SipService {
  readonly domain: string
  servers(): readonly SipServer[]
}
