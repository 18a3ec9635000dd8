import { once } from 'node:events'
import Srf from 'drachtio-srf'
import type { Test } from 'tap'
import type { EdgeUnderTest } from './edge-under-test.ts'
import { Mailbox } from './mailbox.ts'
import { within } from './within.ts'

/** The part of drachtio-srf that the suite uses, typed as it really behaves. */

export interface AppMessage {
  readonly body: string
  readonly protocol: string
  readonly source: string
  readonly source_address: string
  readonly source_port: number
  readonly receivedOn?: string
  readonly stackTxnId: string
  readonly stackDialogId: string
  readonly stackTime: string
  get(name: string): string
  has(name: string): boolean
}

export interface AppRequest extends AppMessage {
  readonly method: string
  readonly uri: string
  on(event: 'cancel', listener: (cancel: AppMessage) => void): void
  on(event: 'update', listener: (request: AppRequest, response: AppResponse) => void): void
  on(event: 'response', listener: (response: AppAnswer, ack: (options?: { body?: string }) => void) => void): void
  cancel(options?: { headers?: Headers }, done?: (error: Error | null, cancel: AppRequest) => void): void
}

export interface AppAnswer extends AppMessage {
  readonly status: number
  readonly reason: string
}

type Sent = (error: unknown, sent: AppMessage) => void

export interface AppResponse {
  send(status: number, options?: AnswerOptions | Sent, sent?: Sent, acknowledged?: (ack: AppRequest) => void): void
  send(status: number, reason: string, options?: AnswerOptions, sent?: Sent): void
}

export type Headers = Record<string, string>

export interface AnswerOptions {
  readonly headers?: Headers
  readonly body?: string
}

type DialogRequestEvent = 'modify' | 'info' | 'refer' | 'notify' | 'update' | 'options' | 'message' | 'subscribe'

export interface AppDialog {
  readonly id: string
  readonly sip: { readonly callId: string; readonly localTag: string; readonly remoteTag: string }
  readonly remote: { readonly uri: string; readonly sdp: string }
  readonly local: { readonly contact: string; readonly sdp: string }
  readonly req: AppRequest
  destroy(options?: { headers?: Headers }): Promise<AppRequest>
  modify(sdp: string): Promise<string>
  request(options: { method: string; headers?: Headers; body?: string; auth?: Auth }): Promise<AppAnswer>
  on(event: DialogRequestEvent, listener: (request: AppRequest, response: AppResponse) => void): this
  on(event: 'destroy', listener: (request: AppRequest, reason?: string) => void): this
  on(event: 'ack', listener: (ack: AppRequest) => void): this
  once(event: 'destroy' | 'ack', listener: (request: AppRequest, reason?: string) => void): this
}

interface Auth {
  readonly username: string
  readonly password: string
}

export interface UacOptions {
  readonly localSdp?: string
  readonly headers?: Headers
  readonly proxy?: string
  readonly method?: string
  readonly auth?: Auth
  readonly noAck?: boolean
  readonly followRedirects?: boolean
}

export interface ProxyResult {
  readonly connected: boolean
  readonly finalStatus: number
  readonly responses: readonly {
    readonly address: string
    readonly port: number
    readonly msgs: readonly { status: number }[]
  }[]
}

type Handler = (request: AppRequest, response: AppResponse) => void

type Method =
  | 'invite'
  | 'register'
  | 'options'
  | 'message'
  | 'subscribe'
  | 'notify'
  | 'publish'
  | 'refer'
  | 'info'
  | 'bye'
  | 'prack'
  | 'ack'
  | 'update'

export interface SrfApp extends Record<Method, (handler: Handler) => void> {
  connect(options: { host: string; port: number; secret: string; tags?: string[] }): void
  disconnect(): void
  request(
    uri: string,
    options: { method: string; headers?: Headers; body?: string; proxy?: string; auth?: Auth },
    sent: (error: (Error & { code?: string }) | null, request: AppRequest) => void,
  ): void
  createUAS(
    request: AppRequest,
    response: AppResponse,
    options: { localSdp?: string; headers?: Headers },
  ): Promise<AppDialog>
  createUAC(
    uri: string,
    options: UacOptions,
    progress?: {
      cbRequest?: (error: unknown, request: AppRequest) => void
      cbProvisional?: (response: AppAnswer) => void
    },
  ): Promise<AppDialog>
  createB2BUA(
    request: AppRequest,
    response: AppResponse,
    uri: string,
    options: Record<string, unknown>,
  ): Promise<{ readonly uas: AppDialog; readonly uac: AppDialog }>
  proxyRequest(
    request: AppRequest,
    to: string | readonly string[],
    options: Record<string, unknown>,
  ): Promise<ProxyResult>
  on(event: string, listener: (...args: never[]) => void): this
  once(event: string, listener: (...args: never[]) => void): this
}

export interface Asked {
  readonly request: AppRequest
  readonly response: AppResponse
}

export interface ConnectedApp {
  readonly srf: SrfApp
  /** The next request of that method which the application is given. */
  asked(method: Method, ms?: number): Promise<Asked>
  /** What it was given and the test did not take. */
  left(method: Method): readonly Asked[]
}

/** A drachtio application, connected, that wants requests of these methods. */
export async function srfApp(t: Test, edge: EdgeUnderTest, ...methods: readonly Method[]): Promise<ConnectedApp> {
  const srf = new Srf() as unknown as SrfApp
  const inboxes = new Map(methods.map((method) => [method, new Mailbox<Asked>()]))
  const inbox = (method: Method) => {
    const found = inboxes.get(method)
    if (!found) throw new Error(`the application was not set up for ${method}`)
    return found
  }
  srf.on('error', () => undefined)
  for (const method of methods) srf[method]((request, response) => inbox(method).put({ request, response }))
  srf.connect({ ...edge.control })
  t.teardown(() => disconnect(srf))
  await within(5_000, () => 'a connected application', once(srf as unknown as NodeJS.EventEmitter, 'connect'))
  await routesKnown(srf)
  return {
    srf,
    asked: (method, ms) => inbox(method).take(`${method} at the application`, () => true, ms),
    left: (method) => inbox(method).left,
  }
}

/** drachtio-srf says "connected" before the server has its routes; a ping after them says when it has. */
async function routesKnown(app: SrfApp): Promise<void> {
  await within(
    5_000,
    () => 'an answer to a request after the routes',
    new Promise<void>((resolve) => {
      app.request('sip:<<', { method: 'OPTIONS' }, () => resolve())
    }),
  )
}

function disconnect(app: SrfApp): void {
  try {
    app.disconnect()
  } catch {
    // It was disconnected by the test.
  }
}

/** The response to a request that the application sends. */
export function sendFrom(
  app: SrfApp,
  uri: string,
  options: { method: string; headers?: Headers; body?: string; proxy?: string; auth?: Auth },
): Promise<{ readonly sent: AppRequest; readonly answer: Promise<AppAnswer> }> {
  return new Promise((resolve, reject) => {
    app.request(uri, options, (error, sent) => {
      if (error) return reject(error)
      const answer = new Promise<AppAnswer>((answered) =>
        sent.on('response', (response) => response.status >= 200 && answered(response)),
      )
      resolve({ sent, answer })
    })
  })
}

/** The status with which a call was refused; undefined when it was not. */
export function refusalOf(call: Promise<unknown>): Promise<number | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => (error as { readonly status?: number }).status,
  )
}
