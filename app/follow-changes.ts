import type { DialPlan } from '../calls/dial-plan.ts'
import { asError } from '../core/errors.ts'
import type { DeviceId, UserId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'
import type { Accounts } from '../sip/agent/accounts.ts'
import type { LocationTable } from '../sip/agent/location-table.ts'
import type { Database } from '../store/database.ts'

/** What is kept in memory of users and devices, and follows the database. */
export interface Directory {
  readonly accounts: Accounts
  readonly plan: DialPlan
  readonly locations: LocationTable
}

/** Keeps the directory like the database. */
export class ChangeFollower {
  readonly #database: Database
  readonly #directory: Directory
  readonly #log: Logger
  readonly #running = new Set<Promise<void>>()
  readonly #offs: (() => void)[] = []

  constructor(database: Database, directory: Directory, log: Logger) {
    this.#database = database
    this.#directory = directory
    this.#log = log
  }

  async start(): Promise<void> {
    const { changes, devices } = this.#database
    this.#offs.push(
      changes.on('user', (id) => this.#follow(() => refreshUser(this.#directory, id))),
      changes.on('device', (id, userId) =>
        this.#follow(() => refreshDevice(this.#database, this.#directory, id, userId)),
      ),
    )
    this.#directory.accounts.replaceAll(await devices.credentials())
    await this.#directory.plan.load()
  }

  /** Resolves when every change so far is known to calls and registrar: a device may be used once its creation is answered. */
  async followed(): Promise<void> {
    await Promise.all(this.#running)
  }

  close(): void {
    for (const off of this.#offs) off()
  }

  #follow(work: () => Promise<void>): void {
    const done = work()
      .catch((thrown: unknown) => {
        this.#log.error({ err: asError(thrown) }, 'a change in the database could not be followed')
      })
      .finally(() => this.#running.delete(done))
    this.#running.add(done)
  }
}

async function refreshUser({ accounts, plan, locations }: Directory, id: UserId): Promise<void> {
  const devicesBefore = plan.userOf(id)?.devices ?? []
  await plan.refresh(id)
  if (plan.userOf(id)) return
  for (const device of devicesBefore) {
    accounts.remove(device.id)
    locations.forget(device.id)
  }
}

async function refreshDevice(
  database: Database,
  { accounts, plan, locations }: Directory,
  id: DeviceId,
  userId: UserId,
): Promise<void> {
  const credential = await database.devices.credential(id)
  if (credential) {
    accounts.put(credential)
  } else {
    accounts.remove(id)
    locations.forget(id)
  }
  await plan.refresh(userId)
}
