import { listUsers as listUsersContract } from '../../admin-api/contracts/users.ts'
import { everyItem } from './every-item.ts'
import { LocalExchange } from './local-exchange.ts'
import { given, readOptions } from './read-options.ts'
import { exitCodes, type Shell } from './shell.ts'
import { table } from './table.ts'

/** `strowger user list` */
export async function listUsers(args: readonly string[], shell: Shell): Promise<number> {
  const { search, json } = readOptions(args, { search: { type: 'string' }, json: { type: 'boolean' } })
  const exchange = await LocalExchange.find(shell)
  const users = await everyItem((paging) =>
    exchange.ask(listUsersContract, { query: { ...paging, ...given({ search }) } }),
  )
  if (json) {
    shell.out(JSON.stringify(users, undefined, 2))
    return exitCodes.ok
  }
  const rows = users.map((user) => [user.extension, user.name, user.role, user.email ?? ''])
  for (const line of table([['Extension', 'Name', 'Role', 'E-mail'], ...rows])) shell.out(line)
  return exitCodes.ok
}
