import { newId, type DeviceId, type UserId } from '../core/ids.ts'
import { columnsOf, type ColumnValue } from './columns-of.ts'
import { deviceKinds, type Credential, type Device, type DevicePatch, type NewDevice } from './device.ts'
import { pageOf, type Page, type PageRequest } from './page.ts'
import { RowReader, type RawRow } from './row-reader.ts'
import type { SecretCipher } from './secret-cipher.ts'
import type { StoreContext } from './store-context.ts'
import { NotFound, SipUsernameTaken } from './store-errors.ts'
import { explainUnique } from './constraint-violation.ts'
import { updateVersioned, type UpdateOptions } from './update-versioned.ts'

const deviceColumns = [
  'id',
  'user_id',
  'label',
  'kind',
  'mac',
  'model',
  'sip_username',
  'created_at_ms',
  'updated_at_ms',
  'version',
]
const credentialColumns = ['id', 'user_id', 'sip_username', 'sip_password_sealed']

export class Devices {
  readonly #context: StoreContext

  constructor(context: StoreContext) {
    this.#context = context
  }

  /** @throws NotFound when there is no such user, SipUsernameTaken */
  async create(device: NewDevice): Promise<Device> {
    const id = newId('device')
    const now = this.#context.clock.now()
    const columns = {
      ...sealedColumns(this.#context.cipher, id, device),
      id,
      created_at_ms: now,
      updated_at_ms: now,
      version: 1,
    }
    return explainUnique(
      () =>
        this.#context.transact(async (context) => {
          const owner = await context.knex('users').where({ id: device.userId }).first<RawRow | undefined>('id')
          if (!owner) throw new NotFound('user', device.userId)
          const [row] = await context.knex('devices').insert(columns).returning<RawRow[]>(deviceColumns)
          context.changed('device', id, device.userId)
          return parseDevice(row ?? {})
        }),
      (_constraint, cause) => new SipUsernameTaken(device.sipUsername, { cause }),
    )
  }

  async find(id: DeviceId): Promise<Device | undefined> {
    return this.#first({ id })
  }

  async findBySipUsername(sipUsername: string): Promise<Device | undefined> {
    return this.#first({ sip_username: sipUsername })
  }

  /** All devices of a user, oldest first. */
  async listByUser(userId: UserId): Promise<readonly Device[]> {
    const query = this.#context.knex('devices').where({ user_id: userId }).select(deviceColumns).orderBy('id')
    return ((await query) as RawRow[]).map(parseDevice)
  }

  /** @throws InvalidCursor */
  async list(request: PageRequest): Promise<Page<Device>> {
    const query = this.#context.knex('devices').select(deviceColumns)
    return pageOf(query, { by: 'label', type: 'text', direction: 'asc' }, request, parseDevice)
  }

  /** @throws NotFound, VersionConflict */
  async update(id: DeviceId, patch: DevicePatch, options: UpdateOptions = {}): Promise<Device> {
    const columns = sealedColumns(this.#context.cipher, id, patch)
    const target = { table: 'devices', kind: 'device', id }
    const device = parseDevice(await updateVersioned(this.#context, target, columns, options))
    this.#context.changed('device', id, device.userId)
    return device
  }

  /** Removes a device with its registrations; false when there was none. */
  async remove(id: DeviceId): Promise<boolean> {
    return this.#context.transact(async (context) => {
      const device = await new Devices(context).find(id)
      if (!device) return false
      await context.knex('devices').where({ id }).delete()
      context.changed('device', id, device.userId)
      return true
    })
  }

  /**
   * The credentials of all devices, decrypted.
   * @throws SecretUnreadable
   */
  async credentials(): Promise<readonly Credential[]> {
    const rows: RawRow[] = await this.#context.knex('devices').select(credentialColumns)
    return rows.map((row) => parseCredential(this.#context.cipher, row))
  }

  /**
   * The credential of one device, decrypted.
   * @throws SecretUnreadable
   */
  async credential(id: DeviceId): Promise<Credential | undefined> {
    const row = await this.#context.knex('devices').where({ id }).first<RawRow | undefined>(credentialColumns)
    return row && parseCredential(this.#context.cipher, row)
  }

  async count(): Promise<number> {
    const row = await this.#context.knex('devices').count({ n: '*' }).first<RawRow>()
    return new RowReader('devices', row).integer('n')
  }

  async #first(where: Record<string, ColumnValue>): Promise<Device | undefined> {
    const row = await this.#context.knex('devices').where(where).first<RawRow | undefined>(deviceColumns)
    return row && parseDevice(row)
  }
}

function sealedColumns(cipher: SecretCipher, id: DeviceId, device: DevicePatch): Record<string, ColumnValue> {
  const { sipPassword, mac, ...plain } = device
  return columnsOf({
    ...plain,
    mac: typeof mac === 'string' ? mac.replace(/[^0-9a-f]/gi, '').toLowerCase() : mac,
    sipPasswordSealed: sipPassword === undefined ? undefined : cipher.seal(sipPassword, id),
  })
}

function parseDevice(row: RawRow): Device {
  const read = new RowReader('devices', row)
  return {
    id: read.text<DeviceId>('id'),
    userId: read.text<UserId>('user_id'),
    label: read.text('label'),
    kind: read.oneOf('kind', deviceKinds),
    mac: read.optionalText('mac'),
    model: read.optionalText('model'),
    sipUsername: read.text('sip_username'),
    createdAtMs: read.integer('created_at_ms'),
    updatedAtMs: read.integer('updated_at_ms'),
    version: read.integer('version'),
  }
}

function parseCredential(cipher: SecretCipher, row: RawRow): Credential {
  const read = new RowReader('devices', row)
  const deviceId = read.text<DeviceId>('id')
  return {
    deviceId,
    userId: read.text<UserId>('user_id'),
    sipUsername: read.text('sip_username'),
    sipPassword: cipher.open(read.text('sip_password_sealed'), deviceId),
  }
}
