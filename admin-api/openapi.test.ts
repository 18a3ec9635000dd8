import { test } from 'tap'
import { z } from 'zod'
import { allContracts } from './contracts/all-contracts.ts'
import { fullPathOf } from './contracts/contract.ts'
import { createAdminApi } from './create-admin-api.ts'
import { expressPath } from './mount-routes.ts'
import { openApiDocument } from './openapi.ts'
import { TestApi } from './test-api.ts'

const documentSchema = z.object({
  openapi: z.literal('3.1.1'),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        summary: z.string().min(5),
        parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: z.json() })),
        responses: z.record(z.string(), z.unknown()),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
})

const layerSchema = z.object({
  route: z.object({ path: z.string(), stack: z.array(z.object({ method: z.string().optional() })) }).optional(),
})

void test('the document that is served names exactly the routes that are mounted', async (t) => {
  const api = await TestApi.start(t)
  const served = await api.call('GET', '/openapi.json', undefined, { token: undefined })
  const { paths } = documentSchema.parse(served.json)
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${expressPath(path)}`),
  )
  const app = createAdminApi(api.context)
  const mounted = z
    .array(layerSchema)
    .parse(app.router.stack)
    .flatMap(({ route }) => (route ? route.stack.map(({ method }) => method && `${method} ${route.path}`) : []))
    .filter((route) => route !== undefined)
  t.strictSame(mounted.sort(), documented.sort())
  t.equal(mounted.length, allContracts.length)
})

void test('contracts agree with each other', (t) => {
  const ids = allContracts.map(({ id }) => id)
  t.equal(new Set(ids).size, ids.length, 'operation ids are unique')
  for (const contract of allContracts) {
    const inPath = [...contract.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const shape = contract.params instanceof z.ZodObject ? Object.keys(contract.params.shape) : []
    t.strictSame(shape, inPath, `${contract.id} validates the parameters of its path`)
    t.match(fullPathOf(contract), contract.isOutsideApi ? /^\/[a-z]+$/ : /^\/api\/v1\//)
    if (contract.method === 'GET') t.equal(contract.body, undefined, `${contract.id} takes no body`)
  }
  t.end()
})

void test('every reference in the document leads somewhere, and every schema is used', (t) => {
  const document = documentSchema.parse(openApiDocument(allContracts, '1.2.3'))
  const refs = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref))
  const names = Object.keys(document.components.schemas)
  t.strictSame([...refs].sort(), names.map((name) => `#/components/schemas/${name}`).sort())
  t.notMatch(JSON.stringify(document), /\$defs/)
  for (const operations of Object.values(document.paths)) {
    for (const { operationId, parameters, responses } of Object.values(operations)) {
      t.ok(
        parameters.every((parameter) => parameter.required === (parameter.in === 'path')),
        operationId,
      )
      t.ok(responses['400'] && responses['500'], `${operationId} tells what can go wrong`)
    }
  }
  t.end()
})
