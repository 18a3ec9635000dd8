import type { DeviceId, UserId } from '../../core/ids.ts'
import { ha1Of, type Ha1 } from './digest.ts'

/** What a device signs in with, as the store hands it over. */
export interface SipCredential {
  readonly deviceId: DeviceId
  readonly userId: UserId
  readonly sipUsername: string
  readonly sipPassword: string
}

/** A device's SIP account as the hot path needs it: no password, no database. */
export interface SipAccount {
  readonly deviceId: DeviceId
  readonly userId: UserId
  readonly username: string
  readonly ha1: Ha1
}

/** All SIP accounts by user name, in memory; `replaceAll` follows the store. */
export class Accounts {
  readonly #realm: string
  #byUsername = new Map<string, SipAccount>()
  #byDevice = new Map<DeviceId, SipAccount>()

  constructor(realm: string) {
    this.#realm = realm
  }

  get realm(): string {
    return this.#realm
  }

  find(username: string): SipAccount | undefined {
    return this.#byUsername.get(username)
  }

  replaceAll(credentials: readonly SipCredential[]): void {
    this.#byUsername = new Map()
    this.#byDevice = new Map()
    for (const credential of credentials) this.put(credential)
  }

  put(credential: SipCredential): void {
    this.remove(credential.deviceId)
    const account: SipAccount = {
      deviceId: credential.deviceId,
      userId: credential.userId,
      username: credential.sipUsername,
      ha1: ha1Of(credential.sipUsername, this.#realm, credential.sipPassword),
    }
    this.#byUsername.set(account.username, account)
    this.#byDevice.set(account.deviceId, account)
  }

  remove(deviceId: DeviceId): void {
    const known = this.#byDevice.get(deviceId)
    if (!known) return
    this.#byDevice.delete(deviceId)
    this.#byUsername.delete(known.username)
  }
}
