import type { DeviceId, UserId } from '../core/ids.ts'

export const deviceKinds = ['desk', 'web', 'mobile'] as const
export type DeviceKind = (typeof deviceKinds)[number]

/** One SIP account of a user. */
export interface Device {
  readonly id: DeviceId
  readonly userId: UserId
  readonly label: string
  readonly kind: DeviceKind
  /** Twelve lower-case hexadecimal digits. */
  readonly mac: string | undefined
  readonly model: string | undefined
  readonly sipUsername: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly version: number
}

export interface NewDevice {
  readonly userId: UserId
  readonly label: string
  readonly kind: DeviceKind
  readonly mac?: string | undefined
  readonly model?: string | undefined
  readonly sipUsername: string
  /** In clear; stored encrypted. */
  readonly sipPassword: string
}

/** Fields left out or undefined stay as they are, `null` clears one. */
export interface DevicePatch {
  readonly label?: string | undefined
  readonly kind?: DeviceKind | undefined
  readonly mac?: string | null | undefined
  readonly model?: string | null | undefined
  readonly sipPassword?: string | undefined
}

/** What a device proves itself with, decrypted: for the directory in memory, never for a log. */
export interface Credential {
  readonly deviceId: DeviceId
  readonly userId: UserId
  readonly sipUsername: string
  readonly sipPassword: string
}
