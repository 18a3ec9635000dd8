import { z } from 'zod'
import { contract } from './contract.ts'

const tag = 'system'

const checkSchema = z.strictObject({ isOk: z.boolean(), detail: z.string().optional() }).meta({ id: 'Check' })

export const getHealth = contract({
  id: 'getHealth',
  method: 'GET',
  path: '/healthz',
  isOutsideApi: true,
  tag,
  summary: 'The process answers',
  access: 'public',
  answer: { status: 200, schema: z.strictObject({ status: z.literal('ok') }) },
})

export const getReadiness = contract({
  id: 'getReadiness',
  method: 'GET',
  path: '/readyz',
  isOutsideApi: true,
  tag,
  summary: 'Whether calls can be taken: database, SIP edge and media',
  access: 'public',
  answer: {
    status: 200,
    schema: z.strictObject({
      status: z.enum(['ready', 'not-ready']),
      checks: z.record(z.string(), checkSchema),
    }),
    otherStatuses: [503],
  },
})

export const getMetrics = contract({
  id: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  isOutsideApi: true,
  tag,
  summary: 'Prometheus metrics; without login from the machine itself only',
  access: { role: 'supervisor', scope: 'read' },
  isOpenToLoopback: true,
  answer: { status: 200, mediaType: 'text/plain' },
})

export const getOpenApi = contract({
  id: 'getOpenApi',
  method: 'GET',
  path: '/openapi.json',
  tag,
  summary: 'This document',
  access: 'public',
  answer: { status: 200, schema: z.record(z.string(), z.unknown()) },
})

export const systemContracts = [getHealth, getReadiness, getMetrics, getOpenApi] as const
