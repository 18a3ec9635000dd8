import { createUser } from '../../admin-api/contracts/users.ts'
import { LocalExchange } from './local-exchange.ts'
import { given, readOptions, required } from './read-options.ts'
import { exitCodes, type Shell } from './shell.ts'

/** `strowger user add` */
export async function addUser(args: readonly string[], shell: Shell): Promise<number> {
  const {
    json,
    'time-zone': timeZone,
    ...options
  } = readOptions(args, {
    name: { type: 'string' },
    extension: { type: 'string' },
    email: { type: 'string' },
    password: { type: 'string' },
    role: { type: 'string' },
    mobile: { type: 'string' },
    'time-zone': { type: 'string' },
    json: { type: 'boolean' },
  })
  const name = required(options.name, 'name')
  const extension = required(options.extension, 'extension')
  const exchange = await LocalExchange.find(shell)
  const user = await exchange.ask(createUser, { body: { ...given({ ...options, timeZone }), name, extension } })
  shell.out(json ? JSON.stringify(user, undefined, 2) : `Added ${user.name} with the extension ${user.extension}.`)
  return exitCodes.ok
}
