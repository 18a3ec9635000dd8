import { ApiKeys } from './api-keys.ts'
import { AuditLog } from './audit-log.ts'
import { Calls } from './calls.ts'
import { Devices } from './devices.ts'
import { Extensions } from './extensions.ts'
import { IdempotencyKeys } from './idempotency-keys.ts'
import { Outbox } from './outbox.ts'
import { Registrations } from './registrations.ts'
import { Sessions } from './sessions.ts'
import { Settings } from './settings.ts'
import type { StoreContext } from './store-context.ts'
import { Users } from './users.ts'
import { Voicemails } from './voicemails.ts'

/** One repository per aggregate, all on the same database or the same transaction. */
export interface Repositories {
  readonly users: Users
  readonly extensions: Extensions
  readonly devices: Devices
  readonly registrations: Registrations
  readonly calls: Calls
  readonly voicemails: Voicemails
  readonly sessions: Sessions
  readonly apiKeys: ApiKeys
  readonly settings: Settings
  readonly auditLog: AuditLog
  readonly outbox: Outbox
  readonly idempotencyKeys: IdempotencyKeys
}

export function repositoriesOn(context: StoreContext): Repositories {
  return {
    users: new Users(context),
    extensions: new Extensions(context),
    devices: new Devices(context),
    registrations: new Registrations(context),
    calls: new Calls(context),
    voicemails: new Voicemails(context),
    sessions: new Sessions(context),
    apiKeys: new ApiKeys(context),
    settings: new Settings(context),
    auditLog: new AuditLog(context),
    outbox: new Outbox(context),
    idempotencyKeys: new IdempotencyKeys(context),
  }
}
