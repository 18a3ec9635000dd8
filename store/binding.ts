import type { Brand, DeviceId, UserId } from '../core/ids.ts'

export type BindingKey = Brand<string, 'BindingKey'>

/** Where a registered device is reached: one contact binding of a registrar (RFC 3261 10.3). */
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
  readonly transport: string
  readonly remoteAddress: string
  readonly remotePort: number
  /** The listening point the REGISTER came in on, such as `udp:192.0.2.1:5060`. */
  readonly localPoint?: string | undefined
  readonly userAgent: string
  readonly expiresAtMs: number
  readonly registeredAtMs: number
}

/**
 * What makes two bindings the same one: with Outbound the device's instance and flow, whatever the contact
 * (RFC 5626 6); else the contact.
 */
export function bindingKey(binding: Pick<Binding, 'deviceId' | 'contact' | 'instanceId' | 'regId'>): BindingKey {
  const { deviceId, contact, instanceId, regId } = binding
  const flow = instanceId !== undefined && regId !== undefined ? `${instanceId};reg-id=${regId}` : contact
  return `${deviceId} ${flow}` as BindingKey
}
