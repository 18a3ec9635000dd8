import { z } from 'zod'
import { callHandlingSchema } from './call-handling.ts'
import { contract } from './contract.ts'
import {
  emailField,
  extensionField,
  externalNumberField,
  idField,
  passwordField,
  textField,
  timeField,
  timeZoneField,
} from './fields.ts'
import { pageOf, pagingQuery } from './page.ts'
import { roles } from './roles.ts'

const tag = 'users'
const params = z.strictObject({ id: idField('usr') })
const planField = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'must be a name of small letters, digits and dashes, at most 50 characters')
const roleField = z.enum(roles, `must be one of ${roles.join(', ')}`)

export const userSchema = z
  .strictObject({
    id: idField('usr'),
    name: z.string(),
    email: z.string().nullable(),
    extension: z.string().describe('The internal number; the word admin for an administrator who has none'),
    role: z.enum(roles),
    mobile: z.string().nullable(),
    timeZone: z.string().nullable(),
    plan: z.string().nullable(),
    hasPassword: z.boolean(),
    callHandling: callHandlingSchema,
    createdAt: timeField,
    updatedAt: timeField,
  })
  .meta({ id: 'User' })
export type UserView = z.output<typeof userSchema>

export const listUsers = contract({
  id: 'listUsers',
  method: 'GET',
  path: '/users',
  tag,
  summary: 'Users in the order of their extensions or names',
  access: { role: 'supervisor', scope: 'read' },
  query: z.strictObject({
    ...pagingQuery,
    search: textField(100).optional().describe('Part of the name, the extension or the e-mail address'),
    sort: z.enum(['extension', 'name']).default('extension'),
  }),
  answer: { status: 200, schema: pageOf(userSchema) },
})

export const createUser = contract({
  id: 'createUser',
  method: 'POST',
  path: '/users',
  tag,
  summary: 'Adds a user with his extension',
  access: { role: 'admin', scope: 'write' },
  body: z.strictObject({
    name: textField(100),
    email: emailField.optional(),
    extension: extensionField,
    password: passwordField.optional().describe('Without one the user cannot log in'),
    role: roleField.optional().describe('user unless told'),
    mobile: externalNumberField.optional(),
    timeZone: timeZoneField.optional(),
    plan: planField.optional(),
  }),
  answer: { status: 201, schema: userSchema },
  problems: ['extension-taken', 'email-taken'],
  hasEtag: true,
})

export const getUser = contract({
  id: 'getUser',
  method: 'GET',
  path: '/users/{id}',
  tag,
  summary: 'One user; a plain user sees himself',
  access: { role: 'user', scope: 'read' },
  params,
  answer: { status: 200, schema: userSchema },
  problems: ['not-found'],
  hasEtag: true,
})

export const updateUser = contract({
  id: 'updateUser',
  method: 'PATCH',
  path: '/users/{id}',
  tag,
  summary: 'Changes what is given; null clears a field',
  access: { role: 'admin', scope: 'write' },
  params,
  body: z.strictObject({
    name: textField(100).optional(),
    email: emailField.nullable().optional(),
    extension: extensionField.optional(),
    role: roleField.optional(),
    mobile: externalNumberField.nullable().optional(),
    timeZone: timeZoneField.nullable().optional(),
    plan: planField.nullable().optional(),
  }),
  answer: { status: 200, schema: userSchema },
  problems: ['not-found', 'extension-taken', 'email-taken', 'last-owner'],
  hasEtag: true,
})

export const deleteUser = contract({
  id: 'deleteUser',
  method: 'DELETE',
  path: '/users/{id}',
  tag,
  summary: 'Removes a user with his devices and voicemails',
  access: { role: 'admin', scope: 'write' },
  params,
  answer: { status: 204 },
  problems: ['not-found', 'last-owner'],
})

export const setCallHandling = contract({
  id: 'setCallHandling',
  method: 'PATCH',
  path: '/users/{id}/call-handling',
  tag,
  summary: 'Where calls for the user ring, and for how long; without businessHours these are off',
  access: { role: 'user', scope: 'write' },
  params,
  body: callHandlingSchema,
  answer: { status: 200, schema: callHandlingSchema },
  problems: ['not-found'],
  hasEtag: true,
})

export const setPassword = contract({
  id: 'setPassword',
  method: 'POST',
  path: '/users/{id}/password',
  tag,
  summary: 'Sets the login password and ends the other sessions of the user; one who changes his own gives the old one',
  access: { role: 'user', scope: 'write' },
  params,
  body: z.strictObject({
    password: passwordField,
    currentPassword: z.string().min(1, 'must not be empty').max(200, 'must have at most 200 characters').optional(),
  }),
  answer: { status: 204 },
  problems: ['not-found', 'too-many-attempts'],
})

export const userContracts = [
  listUsers,
  createUser,
  getUser,
  updateUser,
  deleteUser,
  setCallHandling,
  setPassword,
] as const
