import type { DeviceId, Extension, UserId } from '../core/ids.ts'

/** How a user's calls ring (features C2 to C4). */
export interface CallHandling {
  readonly strategy: 'desk-then-mobile' | 'mobile-then-desk' | 'desk-only' | 'mobile-only' | 'both'
  /** How long each place rings before the next one, and then voicemail. */
  readonly ringSeconds: number
}

export interface PlannedDevice {
  readonly id: DeviceId
  readonly kind: 'desk' | 'web' | 'mobile'
}

export interface PlannedUser {
  readonly id: UserId
  readonly name: string
  readonly extension: Extension
  readonly callHandling: CallHandling
  readonly devices: readonly PlannedDevice[]
}

/** Everything `decideRoute` may know: plain data, rebuilt when an administrator changes something. */
export interface DialPlanSnapshot {
  readonly usersById: ReadonlyMap<UserId, PlannedUser>
  readonly usersByExtension: ReadonlyMap<string, PlannedUser>
}
