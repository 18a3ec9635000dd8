import type { DeviceId } from '../../core/ids.ts'
import type { Device } from '../../store/device.ts'
import type { Repositories } from '../../store/repositories.ts'
import type { User } from '../../store/user.ts'
import type { AdminApiContext } from '../context.ts'
import { apiPrefix } from '../contracts/contract.ts'
import {
  createDevice,
  deleteDevice,
  getDevice,
  listDevices,
  listUserDevices,
  renewDeviceSecret,
  updateDevice,
} from '../contracts/devices.ts'
import { etagOf, matching } from '../precondition.ts'
import { mayActFor, type Principal } from '../principal.ts'
import { Problem } from '../problem.ts'
import { randomPassword } from '../random-password.ts'
import { recordChange } from '../record-change.ts'
import { route, type Route, type RouteRequest } from '../route.ts'
import { deviceView } from '../views/device-view.ts'
import { visibleUser } from './users.ts'

export function deviceRoutes(context: AdminApiContext): readonly Route[] {
  const { database } = context
  const view = (device: Device) => deviceView(device, context.sip.domain)
  return [
    route(createDevice, (request) => create(context, request)),
    route(listUserDevices, async ({ params, principal }) => {
      const user = await visibleUser(database, principal, params.id)
      const devices = await database.devices.listByUser(user.id)
      return { json: { items: devices.map(view), next: null } }
    }),
    route(listDevices, async ({ query }) => {
      const page = await database.devices.list(query)
      return { json: { items: page.items.map(view), next: page.next ?? null } }
    }),
    route(getDevice, async ({ params, principal }) => {
      const device = await visibleDevice(database, principal, params.id)
      return { json: view(device), headers: { ETag: etagOf(device) } }
    }),
    route(updateDevice, (request) => update(context, request)),
    route(deleteDevice, (request) => remove(context, request)),
    route(renewDeviceSecret, (request) => renewSecret(context, request)),
  ]
}

async function visibleDevice(
  repositories: Pick<Repositories, 'devices'>,
  principal: Principal,
  id: string,
): Promise<Device> {
  const device = await repositories.devices.find(id as DeviceId)
  if (!device || !mayActFor(principal, device.userId, 'supervisor')) {
    throw new Problem('not-found', `there is no device ${id}`)
  }
  return device
}

async function create(context: AdminApiContext, request: RouteRequest<typeof createDevice>) {
  const { database, clock, sip } = context
  const { params, body, principal } = request
  const sipPassword = randomPassword()
  const device = await database.transaction(async (repositories) => {
    const user = await visibleUser(repositories, principal, params.id)
    const sipUsername = await freeSipUsername(repositories, user)
    const created = await repositories.devices.create({ ...body, userId: user.id, sipUsername, sipPassword })
    const after = deviceView(created, sip.domain)
    await recordChange(repositories, clock, request, { action: 'device.create', targetId: created.id, after })
    return created
  })
  const headers = { ETag: etagOf(device), Location: `${apiPrefix}/devices/${device.id}` }
  return { json: withSecret(context, device, sipPassword), headers }
}

function withSecret({ sip }: AdminApiContext, device: Device, sipPassword: string) {
  return { ...deviceView(device, sip.domain), sipPassword, servers: [...sip.servers()] }
}

/** The extension itself for the first device, so that a phone shows its number; then `1001-2` and so on. */
async function freeSipUsername({ devices }: Repositories, { extension }: User): Promise<string> {
  let candidate: string = extension
  for (let nth = 2; await devices.findBySipUsername(candidate); nth++) candidate = `${extension}-${nth}`
  return candidate
}

async function update({ database, clock, sip }: AdminApiContext, request: RouteRequest<typeof updateDevice>) {
  const { params, body, principal, asked } = request
  const device = await database.transaction(async (repositories) => {
    const before = await visibleDevice(repositories, principal, params.id)
    const after = await repositories.devices.update(before.id, body, matching(asked.ifMatch, before))
    const views = { before: deviceView(before, sip.domain), after: deviceView(after, sip.domain) }
    await recordChange(repositories, clock, request, { action: 'device.update', targetId: after.id, ...views })
    return after
  })
  return { json: deviceView(device, sip.domain), headers: { ETag: etagOf(device) } }
}

async function remove({ database, clock, sip }: AdminApiContext, request: RouteRequest<typeof deleteDevice>) {
  const { params, principal, asked } = request
  await database.transaction(async (repositories) => {
    const before = await visibleDevice(repositories, principal, params.id)
    matching(asked.ifMatch, before)
    await repositories.devices.remove(before.id)
    const change = { action: 'device.delete', targetId: before.id, before: deviceView(before, sip.domain) }
    await recordChange(repositories, clock, request, change)
  })
  return {}
}

async function renewSecret(context: AdminApiContext, request: RouteRequest<typeof renewDeviceSecret>) {
  const { params, principal, asked } = request
  const sipPassword = randomPassword()
  const device = await context.database.transaction(async (repositories) => {
    const before = await visibleDevice(repositories, principal, params.id)
    const after = await repositories.devices.update(before.id, { sipPassword }, matching(asked.ifMatch, before))
    await recordChange(repositories, context.clock, request, { action: 'device.renew-secret', targetId: after.id })
    return after
  })
  return { json: withSecret(context, device, sipPassword), headers: { ETag: etagOf(device) } }
}
