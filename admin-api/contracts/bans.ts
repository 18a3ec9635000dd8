import { z } from 'zod'
import { contract } from './contract.ts'
import { timeField } from './fields.ts'

const tag = 'bans'

export const banReasons = ['wrong-password', 'wrong-user', 'malformed', 'scanner'] as const

export const banSchema = z
  .strictObject({
    address: z.string().describe('An IPv4 address, or the first address of a banned IPv6 /64 network'),
    because: z.enum(banReasons).describe('The offence that was the last straw'),
    times: z.int().min(1).describe('1 for the first ban of the address; each further one is twice as long'),
    bannedAt: timeField,
    until: timeField,
  })
  .meta({ id: 'Ban' })
export type BanView = z.output<typeof banSchema>

export const listBans = contract({
  id: 'listBans',
  method: 'GET',
  path: '/bans',
  tag,
  summary: 'The addresses whose SIP messages are dropped for now',
  access: { role: 'admin', scope: 'read' },
  answer: { status: 200, schema: z.strictObject({ items: z.array(banSchema), next: z.null() }) },
})

export const deleteBan = contract({
  id: 'deleteBan',
  method: 'DELETE',
  path: '/bans/{address}',
  tag,
  summary: 'Lets an address in again, as if it had never offended',
  access: { role: 'admin', scope: 'write' },
  params: z.strictObject({
    address: z
      .string()
      .max(45, 'must have at most 45 characters')
      .describe('As listed, or any other address of a banned IPv6 network'),
  }),
  answer: { status: 204 },
  problems: ['not-found'],
})

export const banContracts = [listBans, deleteBan] as const
