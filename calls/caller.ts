import type { DeviceId, UserId } from '../core/ids.ts'

/** Who placed a call, as established by authentication. */
export interface CallingCaller {
  readonly userId: UserId
  readonly deviceId: DeviceId
  readonly name: string
  /** What called phones show and can call back. */
  readonly number: string
  /** The address the INVITE came from. */
  readonly address: string
}
