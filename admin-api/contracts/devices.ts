import { z } from 'zod'
import { contract } from './contract.ts'
import { idField, textField, timeField } from './fields.ts'
import { pageOf, pagingQuery } from './page.ts'

const tag = 'devices'
const params = z.strictObject({ id: idField('dev') })
const userParams = z.strictObject({ id: idField('usr') })

export const deviceKinds = ['desk', 'web', 'mobile'] as const

const macField = z
  .string()
  .regex(/^(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$/i, 'must be a MAC address such as 00:15:65:12:34:56')
const kindField = z.enum(deviceKinds, `must be one of ${deviceKinds.join(', ')}`)

const device = {
  id: idField('dev'),
  userId: idField('usr'),
  label: z.string(),
  kind: z.enum(deviceKinds),
  mac: z.string().nullable(),
  model: z.string().nullable(),
  sipUsername: z.string(),
  domain: z.string().describe('The SIP domain the device registers in'),
  createdAt: timeField,
  updatedAt: timeField,
}

export const deviceSchema = z.strictObject(device).meta({ id: 'Device' })
export type DeviceView = z.output<typeof deviceSchema>

const serverSchema = z
  .strictObject({ transport: z.string(), host: z.string(), port: z.int() })
  .meta({ id: 'SipServer', description: 'A point where the exchange takes registrations' })

/** The only answers that hold a SIP password in clear. */
export const deviceWithSecretSchema = z
  .strictObject({ ...device, sipPassword: z.string(), servers: z.array(serverSchema) })
  .meta({ id: 'DeviceWithSecret' })

export const createDevice = contract({
  id: 'createDevice',
  method: 'POST',
  path: '/users/{id}/devices',
  tag,
  summary: 'Adds a SIP account for the user; its password is told here only',
  access: { role: 'admin', scope: 'write' },
  params: userParams,
  body: z.strictObject({
    label: textField(100),
    kind: kindField,
    mac: macField.optional(),
    model: textField(100).optional(),
  }),
  answer: { status: 201, schema: deviceWithSecretSchema },
  problems: ['not-found', 'sip-username-taken'],
  hasEtag: true,
})

export const listUserDevices = contract({
  id: 'listUserDevices',
  method: 'GET',
  path: '/users/{id}/devices',
  tag,
  summary: 'The devices of a user, oldest first; a plain user sees his own',
  access: { role: 'user', scope: 'read' },
  params: userParams,
  answer: { status: 200, schema: z.strictObject({ items: z.array(deviceSchema), next: z.null() }) },
  problems: ['not-found'],
})

export const listDevices = contract({
  id: 'listDevices',
  method: 'GET',
  path: '/devices',
  tag,
  summary: 'All devices in the order of their labels',
  access: { role: 'supervisor', scope: 'read' },
  query: z.strictObject(pagingQuery),
  answer: { status: 200, schema: pageOf(deviceSchema) },
})

export const getDevice = contract({
  id: 'getDevice',
  method: 'GET',
  path: '/devices/{id}',
  tag,
  summary: 'One device; a plain user sees his own',
  access: { role: 'user', scope: 'read' },
  params,
  answer: { status: 200, schema: deviceSchema },
  problems: ['not-found'],
  hasEtag: true,
})

export const updateDevice = contract({
  id: 'updateDevice',
  method: 'PATCH',
  path: '/devices/{id}',
  tag,
  summary: 'Changes what is given; null clears a field',
  access: { role: 'admin', scope: 'write' },
  params,
  body: z.strictObject({
    label: textField(100).optional(),
    kind: kindField.optional(),
    mac: macField.nullable().optional(),
    model: textField(100).nullable().optional(),
  }),
  answer: { status: 200, schema: deviceSchema },
  problems: ['not-found'],
  hasEtag: true,
})

export const deleteDevice = contract({
  id: 'deleteDevice',
  method: 'DELETE',
  path: '/devices/{id}',
  tag,
  summary: 'Removes a device with its registrations',
  access: { role: 'admin', scope: 'write' },
  params,
  answer: { status: 204 },
  problems: ['not-found'],
})

export const renewDeviceSecret = contract({
  id: 'renewDeviceSecret',
  method: 'POST',
  path: '/devices/{id}/secret',
  tag,
  summary: 'Gives the device a new SIP password, told here only',
  access: { role: 'admin', scope: 'write' },
  params,
  answer: { status: 201, schema: deviceWithSecretSchema },
  problems: ['not-found'],
  hasEtag: true,
})

export const deviceContracts = [
  createDevice,
  listUserDevices,
  listDevices,
  getDevice,
  updateDevice,
  deleteDevice,
  renewDeviceSecret,
] as const
