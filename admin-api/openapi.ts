import { z } from 'zod'
import { fullPathOf, type Contract } from './contracts/contract.ts'
import { commonProblems, problems, problemSchema, type ProblemCode } from './contracts/problems.ts'

type Json = Record<string, unknown>
type Direction = 'input' | 'output'

/** The OpenAPI 3.1 document of a set of contracts. */
export function openApiDocument(contracts: readonly Contract[], version: string): Json {
  const schemas = new Components()
  const problem = schemas.add(problemSchema, 'output')
  const paths: Record<string, Json> = {}
  for (const contract of contracts) {
    const path = (paths[fullPathOf(contract)] ??= {})
    path[contract.method.toLowerCase()] = operationOf(contract, schemas, problem)
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Strowger', version, description: 'The administration of a Strowger telephone exchange.' },
    paths,
    components: {
      schemas: schemas.all,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The token of a session, or an API key' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'strowger_session' },
      },
    },
  }
}

/** Schemas with an id become components; the others stay where they are used. */
class Components {
  readonly all: Json = {}

  add(schema: z.ZodType, io: Direction): Json {
    const { $defs = {}, $schema: _dialect, ...own } = z.toJSONSchema(schema, { io }) as Json & { $defs?: Json }
    for (const [id, definition] of Object.entries($defs)) this.#keep(id, definition)
    return withComponentRefs(own) as Json
  }

  #keep(id: string, definition: unknown): void {
    const kept = withComponentRefs(definition)
    if (this.all[id] !== undefined && JSON.stringify(this.all[id]) !== JSON.stringify(kept)) {
      throw new Error(`the schema ${id} is not the same everywhere`)
    }
    this.all[id] = kept
  }
}

/** A copy in which references lead to the document's components. */
function withComponentRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withComponentRefs)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' ? componentRef(String(inner)) : withComponentRefs(inner),
    ]),
  )
}

function componentRef(ref: string): string {
  return ref.replace(/^#\/\$defs\//, '#/components/schemas/')
}

function operationOf(contract: Contract, schemas: Components, problem: Json): Json {
  const { id, tag, summary, access, body } = contract
  return {
    operationId: id,
    tags: [tag],
    summary,
    security: access === 'public' ? [] : [{ bearer: [] }, { cookie: [] }],
    ...(access !== 'public' && { 'x-role': access.role, 'x-scope': access.scope }),
    parameters: parametersOf(contract, schemas),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemas.add(body, 'input') } } },
    }),
    responses: { ...answersOf(contract, schemas), ...problemsOf(contract, problem) },
  }
}

function parametersOf(contract: Contract, schemas: Components): Json[] {
  const headers: Json[] = []
  if (contract.hasEtag && contract.method !== 'GET' && contract.answer.status === 200) {
    headers.push(header('If-Match', 'The ETag of what is changed: refused when it was changed meanwhile'))
  }
  if (contract.method === 'POST' && !contract.isNeverReplayed) {
    headers.push(header('Idempotency-Key', 'A request repeated with the same key within 24 hours is done only once'))
  }
  return [...fieldsOf(contract.params, 'path', schemas), ...fieldsOf(contract.query, 'query', schemas), ...headers]
}

function header(name: string, description: string): Json {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } }
}

function fieldsOf(schema: z.ZodType | undefined, place: 'path' | 'query', schemas: Components): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemas.add(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...field }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema: field,
  }))
}

function answersOf({ answer, hasEtag, summary }: Contract, schemas: Components): Json {
  const headers = hasEtag ? { headers: { ETag: { schema: { type: 'string' } } } } : {}
  const description = summary
  if ('mediaType' in answer) return { [answer.status]: { description, content: { [answer.mediaType]: {} } } }
  if (!('schema' in answer)) return { [answer.status]: { description } }
  const content = { 'application/json': { schema: schemas.add(answer.schema, 'output') } }
  const statuses = [answer.status, ...(answer.otherStatuses ?? [])]
  return Object.fromEntries(statuses.map((status) => [status, { description, ...headers, content }]))
}

function problemsOf(contract: Contract, problem: Json): Json {
  const byStatus = new Map<number, string[]>()
  for (const code of problemCodesOf(contract)) {
    const { status } = problems[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  const taken = 'otherStatuses' in contract.answer ? (contract.answer.otherStatuses ?? []) : []
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !taken.includes(status))
      .map(([status, codes]) => [
        status,
        { description: codes.join(', '), content: { 'application/problem+json': { schema: problem } } },
      ]),
  )
}

/** Every problem a route may answer with: its own and those of the frame around it. */
export function problemCodesOf(contract: Contract): readonly ProblemCode[] {
  const { access, method, body, hasEtag, isNeverReplayed, problems: own = [] } = contract
  const isPost = method === 'POST'
  return [
    ...commonProblems,
    ...own,
    ...(access === 'public' ? [] : (['not-authenticated', 'forbidden'] as const)),
    ...(access === 'public' || method === 'GET' ? [] : (['cross-site-request'] as const)),
    ...(body || isPost ? (['invalid-json', 'body-too-large', 'unsupported-media-type'] as const) : []),
    ...(method === 'DELETE' || (hasEtag && method !== 'GET') ? (['changed-meanwhile'] as const) : []),
    ...(isPost && !isNeverReplayed ? (['request-in-progress', 'idempotency-key-reused'] as const) : []),
  ]
}
