import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { ApiClient, ApiDevice, ApiUser } from '../support/api-client.ts'
import { TestPhone } from '../support/phone/test-phone.ts'

export interface DemoPerson {
  readonly user: ApiUser
  readonly device: ApiDevice
}

interface Page {
  readonly items: readonly ApiUser[]
}

const firstExtension = 7901
const lastExtension = 7999

/** A user with one device. One that an interrupted demo has left is replaced. */
export async function hire(api: ApiClient, name: string): Promise<DemoPerson> {
  const { items } = await api.ask<Page>('GET', `/users?search=${encodeURIComponent(name)}`)
  for (const left of items.filter((user) => user.name === name)) await dismiss(api, left)
  const user = await createUser(api, name)
  return { user, device: await api.createDevice(user.id, 'demo') }
}

export async function dismiss(api: ApiClient, user: ApiUser): Promise<void> {
  await api.ask('DELETE', `/users/${user.id}`)
}

/** Takes the first free extension of the demo's range. */
async function createUser(api: ApiClient, name: string): Promise<ApiUser> {
  for (let extension = firstExtension; extension <= lastExtension; extension += 1) {
    const answer = await api.call<ApiUser>('POST', '/users', { name, extension: String(extension) })
    if (answer.status === 201) return answer.body
    if (answer.status !== 409) throw new Error(`POST /users answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  }
  throw new Error(`the extensions ${firstExtension} to ${lastExtension} are all taken`)
}

/** A test phone with the device's account, not yet registered; over the wanted transport where the exchange has it. */
export async function phoneFor(
  { user, device }: DemoPerson,
  wanted: 'udp' | 'tcp',
  toneHz: number,
): Promise<TestPhone> {
  const other = wanted === 'udp' ? 'tcp' : 'udp'
  const has = (transport: string) => device.servers.find((each) => each.transport === transport)
  const server = has(wanted) ?? has(other)
  if (!server) throw new Error('the exchange does not listen for phones over UDP or TCP')
  return TestPhone.open({
    username: device.sipUsername,
    password: device.sipPassword,
    domain: device.domain,
    server,
    transport: has(wanted) ? wanted : other,
    toneHz,
    name: user.name,
    localAddress: await addressTowards(server),
  })
}

/** The own address from which that server is reached. */
async function addressTowards(server: { host: string; port: number }): Promise<string> {
  const socket = createSocket(server.host.includes(':') ? 'udp6' : 'udp4')
  socket.connect(server.port, server.host)
  await once(socket, 'connect')
  const { address } = socket.address()
  socket.close()
  return address
}
