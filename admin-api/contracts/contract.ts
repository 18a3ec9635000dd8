import type { z } from 'zod'
import type { ProblemCode } from './problems.ts'
import type { Access } from './roles.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** What a route answers when all is well: JSON of a schema, a file or text of a media type, or nothing. */
export type AnswerContract =
  | { readonly status: 200 | 201 | 202; readonly schema: z.ZodType; readonly otherStatuses?: readonly number[] }
  | { readonly status: 200; readonly mediaType: string }
  | { readonly status: 204 }

/** The whole truth about one route: validation, types, access and documentation all come from it. */
export interface Contract {
  /** The operationId, unique. */
  readonly id: string
  readonly method: Method
  /** Below `/api/v1` unless `isOutsideApi`; parameters in braces: `/users/{id}`. */
  readonly path: string
  readonly isOutsideApi?: true
  readonly tag: string
  readonly summary: string
  readonly access: Access
  /** Processes on the same machine need no login. */
  readonly isOpenToLoopback?: true
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly answer: AnswerContract
  /** Problems this route may answer with, beside the common ones and those of its frame. */
  readonly problems?: readonly ProblemCode[]
  /** The answer carries an ETag, and a change can be made conditional by If-Match. */
  readonly hasEtag?: true
  /** A POST that must not be remembered under an Idempotency-Key. */
  readonly isNeverReplayed?: true
}

/** Keeps the exact type of a contract while checking its shape. */
export function contract<const C extends Contract>(definition: C): C {
  return definition
}

type SchemaAt<C, Part extends string> = C extends { readonly [K in Part]: infer S extends z.ZodType } ? S : undefined
type OutputOf<S> = S extends z.ZodType ? z.output<S> : undefined

export type ParamsOf<C> = OutputOf<SchemaAt<C, 'params'>>
export type QueryOf<C> = OutputOf<SchemaAt<C, 'query'>>
export type BodyOf<C> = OutputOf<SchemaAt<C, 'body'>>
export type AnswerOf<C extends Contract> = C['answer'] extends { readonly schema: infer S extends z.ZodType }
  ? z.output<S>
  : undefined

export const apiPrefix = '/api/v1'

/** The path as a client sends it, parameters still in braces. */
export function fullPathOf(route: Pick<Contract, 'path' | 'isOutsideApi'>): string {
  return route.isOutsideApi ? route.path : apiPrefix + route.path
}
