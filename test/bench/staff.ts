import type { Exchange } from '../support/exchange.ts'
import type { Member } from '../support/office.ts'

/** Users with a device each, on the extensions from `firstExtension` on. */
export async function hireStaff(exchange: Exchange, count: number, firstExtension: number): Promise<Member[]> {
  const members: Member[] = []
  for (let n = 0; n < count; n += 1) {
    const extension = String(firstExtension + n)
    const user = await exchange.api.createUser({ name: `User ${extension}`, extension })
    members.push({ user, device: await exchange.api.createDevice(user.id, 'desk') })
  }
  return members
}
