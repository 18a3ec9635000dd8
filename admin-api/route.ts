import type { AnswerOf, BodyOf, Contract, ParamsOf, QueryOf } from './contracts/contract.ts'
import type { Principal } from './principal.ts'

/** What a handler may know of the one who asks, beside the validated input. */
export interface Asked {
  readonly address: string
  readonly userAgent: string
  /** Over TLS. */
  readonly isSecure: boolean
  readonly ifMatch: string | undefined
}

type PrincipalOf<C extends Contract> = C extends { readonly isOpenToLoopback: true }
  ? Principal | undefined
  : C['access'] extends 'public'
    ? undefined
    : Principal

/** One request to a route, validated: typed from the route's contract. */
export interface RouteRequest<C extends Contract> {
  readonly params: ParamsOf<C>
  readonly query: QueryOf<C>
  readonly body: BodyOf<C>
  readonly principal: PrincipalOf<C>
  readonly asked: Asked
}

interface Extras {
  /** In place of the contract's first status. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

export type JsonReply<T> = Extras & { readonly json: T }
export type FileReply = Extras & { readonly file: string }
export type TextReply = Extras & { readonly text: string }

/** What a handler gives back: as the contract says, JSON, a file or text, or nothing. */
export type Reply<C extends Contract> = C['answer'] extends { readonly schema: unknown }
  ? JsonReply<AnswerOf<C>>
  : C['answer'] extends { readonly mediaType: string }
    ? FileReply | TextReply
    : Extras

export type Handler<C extends Contract> = (request: RouteRequest<C>) => Promise<Reply<C>>

/** A reply of any route, as the frame handles it. */
export interface AnyReply extends Extras {
  readonly json?: unknown
  readonly file?: string
  readonly text?: string
}

/** A contract with the code that keeps it. */
export interface Route {
  readonly contract: Contract
  /** Takes the `RouteRequest` of its own contract: only the frame calls it, with input that passed that contract. */
  readonly handle: (request: never) => Promise<AnyReply>
}

/** Joins a contract with its handler; the handler's types follow from the contract. */
export function route<C extends Contract>(contract: C, handle: Handler<C>): Route {
  return { contract, handle }
}
