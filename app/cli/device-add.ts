import { createDevice } from '../../admin-api/contracts/devices.ts'
import { findUser } from './find-user.ts'
import { LocalExchange } from './local-exchange.ts'
import { given, readOptions, required } from './read-options.ts'
import { exitCodes, type Shell } from './shell.ts'
import { table } from './table.ts'

/** `strowger device add` */
export async function addDevice(args: readonly string[], shell: Shell): Promise<number> {
  const options = readOptions(args, {
    user: { type: 'string' },
    label: { type: 'string' },
    kind: { type: 'string', default: 'desk' },
    mac: { type: 'string' },
    model: { type: 'string' },
    json: { type: 'boolean' },
  })
  const wanted = required(options.user, 'user')
  const label = required(options.label, 'label')
  const { kind, mac, model } = options
  const exchange = await LocalExchange.find(shell)
  const user = await findUser(exchange, wanted)
  const body = { label, kind, ...given({ mac, model }) }
  const device = await exchange.ask(createDevice, { params: { id: user.id }, body })
  if (options.json) {
    shell.out(JSON.stringify(device, undefined, 2))
    return exitCodes.ok
  }
  shell.out(`Added ${device.label} for ${user.name}.`)
  const servers = device.servers.map(({ transport, host, port }) => ['Server', `${host}:${port} over ${transport}`])
  const rows = [
    ['User name', device.sipUsername],
    ['Password', device.sipPassword],
    ['Domain', device.domain],
    ...servers,
  ]
  for (const line of table(rows)) shell.out(`  ${line}`)
  shell.out('The password is shown only this once.')
  return exitCodes.ok
}
