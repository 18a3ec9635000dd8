import type { DeviceId, UserId } from '../../core/ids.ts'

/** Where a registered device is reached: one contact binding (RFC 3261 10.3). */
export interface Binding {
  readonly deviceId: DeviceId
  readonly userId: UserId
  /** The Contact URI as the device sent it, without brackets and header parameters. */
  readonly contact: string
  readonly callId: string
  readonly cseq: number
  /** `+sip.instance` (RFC 5626). */
  readonly instanceId?: string | undefined
  /** `reg-id` (RFC 5626). */
  readonly regId?: number | undefined
  /** 0 to 1. */
  readonly q: number
  /** The Path values of the REGISTER, topmost first (RFC 3327). */
  readonly path: readonly string[]
  /** How the REGISTER came in: `udp`, `tcp`, … */
  readonly transport: string
  readonly remoteAddress: string
  readonly remotePort: number
  readonly userAgent: string
  readonly expiresAtMs: number
  readonly registeredAtMs: number
}

/** Where bindings are kept so that they outlive the process. */
export interface BindingStore {
  /** Resolves when the binding is on disk. */
  write(binding: Binding): Promise<void>
  /** Written within a second: for refreshes, where losing one costs nothing but an older expiry time. */
  writeLater(binding: Binding): void
  /** Resolves when the binding is gone from disk. */
  remove(binding: Binding): Promise<void>
}
