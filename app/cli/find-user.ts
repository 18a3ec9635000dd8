import { listUsers, getUser, type UserView } from '../../admin-api/contracts/users.ts'
import { CommandFailed } from './command-errors.ts'
import { everyItem } from './every-item.ts'
import type { LocalExchange } from './local-exchange.ts'

/**
 * The user with that extension, e-mail address or id.
 * @throws CommandFailed when there is none
 */
export async function findUser(exchange: LocalExchange, wanted: string): Promise<UserView> {
  if (wanted.startsWith('usr_')) return exchange.ask(getUser, { params: { id: wanted } })
  const search = wanted.trim().toLowerCase()
  const users = await everyItem((paging) => exchange.ask(listUsers, { query: { ...paging, search } }))
  const user = users.find(({ extension, email }) => extension === search || email === search)
  if (!user) throw new CommandFailed(`there is no user with the extension ${wanted}`)
  return user
}
