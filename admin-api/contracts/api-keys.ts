import { z } from 'zod'
import { contract } from './contract.ts'
import { idField, textField, timeField } from './fields.ts'
import { keyRoles, roles, scopes } from './roles.ts'

const tag = 'api-keys'

const apiKey = {
  id: idField('key'),
  name: z.string(),
  scope: z.enum(scopes).describe('Each allows what the ones before it allow: read, write, admin'),
  role: z.enum(roles).describe('The key reaches what a person of this role reaches, within its scope'),
  createdBy: z.string().nullable(),
  createdAt: timeField,
  lastUsedAt: timeField.nullable(),
  expiresAt: timeField.nullable(),
}

export const apiKeySchema = z.strictObject(apiKey).meta({ id: 'ApiKey' })
export type ApiKeyView = z.output<typeof apiKeySchema>

export const createApiKey = contract({
  id: 'createApiKey',
  method: 'POST',
  path: '/api-keys',
  tag,
  summary: 'Makes a key for a machine; it is told here only',
  access: { role: 'admin', scope: 'admin' },
  body: z.strictObject({
    name: textField(100),
    scope: z.enum(scopes, `must be one of ${scopes.join(', ')}`),
    role: z
      .enum(keyRoles, `must be one of ${keyRoles.join(', ')}`)
      .default('admin')
      .describe('At most the role of the one who makes the key'),
    expiresAt: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-01-05T09:00:00Z' }).optional(),
  }),
  answer: { status: 201, schema: z.strictObject({ ...apiKey, key: z.string() }).meta({ id: 'ApiKeyWithSecret' }) },
})

export const listApiKeys = contract({
  id: 'listApiKeys',
  method: 'GET',
  path: '/api-keys',
  tag,
  summary: 'All keys, without their secrets',
  access: { role: 'admin', scope: 'admin' },
  answer: { status: 200, schema: z.strictObject({ items: z.array(apiKeySchema), next: z.null() }) },
})

export const deleteApiKey = contract({
  id: 'deleteApiKey',
  method: 'DELETE',
  path: '/api-keys/{id}',
  tag,
  summary: 'Revokes a key',
  access: { role: 'admin', scope: 'admin' },
  params: z.strictObject({ id: idField('key') }),
  answer: { status: 204 },
  problems: ['not-found'],
})

export const apiKeyContracts = [createApiKey, listApiKeys, deleteApiKey] as const
