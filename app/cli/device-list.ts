import {
  listDevices as listDevicesContract,
  listUserDevices,
  type DeviceView,
} from '../../admin-api/contracts/devices.ts'
import { listRegistrations } from '../../admin-api/contracts/registrations.ts'
import { everyItem } from './every-item.ts'
import { findUser } from './find-user.ts'
import { LocalExchange } from './local-exchange.ts'
import { readOptions } from './read-options.ts'
import { exitCodes, type Shell } from './shell.ts'
import { table } from './table.ts'

/** `strowger device list` */
export async function listDevices(args: readonly string[], shell: Shell): Promise<number> {
  const { user, json } = readOptions(args, { user: { type: 'string' }, json: { type: 'boolean' } })
  const exchange = await LocalExchange.find(shell)
  const devices = await devicesOf(exchange, user)
  if (json) {
    shell.out(JSON.stringify(devices, undefined, 2))
    return exitCodes.ok
  }
  const { items } = await exchange.ask(listRegistrations)
  const registered = new Map(items.map(({ deviceId, remoteAddress }) => [deviceId, remoteAddress]))
  const rows = devices.map(({ id, sipUsername, label, kind }) => [sipUsername, label, kind, registered.get(id) ?? '–'])
  for (const line of table([['User name', 'Label', 'Kind', 'Registered from'], ...rows])) shell.out(line)
  return exitCodes.ok
}

async function devicesOf(exchange: LocalExchange, wanted: string | undefined): Promise<readonly DeviceView[]> {
  if (wanted === undefined) return everyItem((query) => exchange.ask(listDevicesContract, { query }))
  const { id } = await findUser(exchange, wanted)
  return (await exchange.ask(listUserDevices, { params: { id } })).items
}
