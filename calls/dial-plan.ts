import type { DeviceId, UserId } from '../core/ids.ts'
import type { DialPlanSnapshot, PlannedUser } from '../routing/dial-plan-snapshot.ts'
import type { Device } from '../store/device.ts'
import type { User } from '../store/user.ts'

/** What the plan reads from; the store's repositories fit. */
export interface DialPlanSource {
  readonly users: {
    find(id: UserId): Promise<User | undefined>
    list(page: {
      limit: number
      cursor?: string | undefined
    }): Promise<{ items: readonly User[]; next?: string | undefined }>
  }
  readonly devices: { listByUser(userId: UserId): Promise<readonly Device[]> }
}

const pageSize = 200

/** The dial plan in memory; each user is read anew when he changes, so that routing never waits for the database. */
export class DialPlan {
  readonly #source: DialPlanSource
  readonly #byId = new Map<UserId, PlannedUser>()
  readonly #byExtension = new Map<string, PlannedUser>()

  constructor(source: DialPlanSource) {
    this.#source = source
  }

  /** Plain data for `decideRoute`; what happens to be the case now. */
  snapshot(): DialPlanSnapshot {
    return { usersById: this.#byId, usersByExtension: this.#byExtension }
  }

  userOf(id: UserId): PlannedUser | undefined {
    return this.#byId.get(id)
  }

  deviceIds(): readonly DeviceId[] {
    return [...this.#byId.values()].flatMap((user) => user.devices.map((device) => device.id))
  }

  async load(): Promise<void> {
    let cursor: string | undefined
    do {
      const page = await this.#source.users.list({ limit: pageSize, cursor })
      for (const user of page.items) this.#put(await this.#planned(user))
      cursor = page.next
    } while (cursor !== undefined)
  }

  /** Reads one user again; one who is gone leaves the plan. */
  async refresh(id: UserId): Promise<void> {
    const user = await this.#source.users.find(id)
    const planned = user && (await this.#planned(user))
    this.#drop(id)
    if (planned) this.#put(planned)
  }

  async #planned(user: User): Promise<PlannedUser> {
    const devices = await this.#source.devices.listByUser(user.id)
    const { id, name, extension, callHandling } = user
    return {
      id,
      name,
      extension,
      callHandling,
      devices: devices.map((device) => ({ id: device.id, kind: device.kind })),
    }
  }

  #put(user: PlannedUser): void {
    this.#byId.set(user.id, user)
    this.#byExtension.set(user.extension, user)
  }

  #drop(id: UserId): void {
    const known = this.#byId.get(id)
    if (!known) return
    this.#byId.delete(id)
    if (this.#byExtension.get(known.extension) === known) this.#byExtension.delete(known.extension)
  }
}
