import { Socket } from 'node:net'
import Srf from 'drachtio-srf'

/** The part of drachtio-srf 5 that is used here, typed as it really behaves (its own types leave much of it out). */

export interface SrfMessage {
  readonly body: string
  /** Lower case on requests from the network. */
  readonly protocol: string
  readonly source_address: string
  readonly source_port: number
  get(name: string): string | undefined
  has(name: string): boolean
}

export interface SrfRequest extends SrfMessage {
  readonly method: string
  readonly uri: string
  on(event: 'cancel', listener: (cancel: SrfMessage) => void): void
  on(event: 'response', listener: (response: SrfReceivedResponse) => void): void
  cancel(options: { headers?: SrfHeaders }, done: (error: Error | null) => void): void
}

export interface SrfReceivedResponse extends SrfMessage {
  readonly status: number
  readonly reason: string
}

export interface SrfResponse {
  readonly finalResponseSent: boolean
  send(status: number, options?: SrfAnswer): void
  send(status: number, reason: string, options?: SrfAnswer): void
}

export interface SrfAnswer {
  readonly headers?: SrfHeaders
  readonly body?: string
}

/** One value a name: drachtio-srf would join several with commas, which not every header allows. */
export type SrfHeaders = Readonly<Record<string, string>>

export interface SrfDialog {
  readonly id: string
  readonly sip: { readonly callId: string; readonly localTag: string; readonly remoteTag: string }
  readonly connected: boolean
  readonly remote: { readonly uri: string; readonly sdp: string }
  destroy(options?: { headers?: SrfHeaders }): Promise<SrfMessage>
  modify(sdp: string): Promise<string>
  request(options: { method: string; headers: SrfHeaders; body: string }): Promise<SrfReceivedResponse>
  on(event: 'destroy', listener: (request: SrfRequest, reason?: string) => void): void
  /** Answered already. */
  on(event: 'unsubscribe', listener: () => void): void
  on(event: 'ack', listener: (request: SrfRequest) => void): void
  on(
    event: 'modify' | 'update' | 'info' | 'refer' | 'subscribe',
    listener: (request: SrfRequest, response: SrfResponse) => void,
  ): void
}

export interface SrfUacOptions {
  readonly headers: SrfHeaders
  readonly localSdp: string
  readonly proxy: string
}

export interface SrfProgress {
  readonly cbRequest: (error: Error | null, request?: SrfRequest) => void
  readonly cbProvisional: (response: SrfReceivedResponse) => void
}

/** What drachtio-srf throws when a request of ours was refused. */
export interface SrfRefusal extends Error {
  readonly status: number
  readonly reason: string
  readonly res?: SrfReceivedResponse
}

export type SrfHandler = (request: SrfRequest, response: SrfResponse) => void

export interface SrfConnection {
  connect(options: {
    readonly host: string
    readonly port: number
    readonly secret: string
    readonly reconnect: { readonly retryMaxDelay: number }
  }): unknown
  /** @throws AssertionError without a connection, and then goes on trying to connect: pass a socket to stop that */
  disconnect(socket?: Socket): void
  use(method: string, handler: SrfHandler): void
  on(event: 'connect', listener: (error: Error | null, hostPort: string) => void): void
  on(event: 'error', listener: (error: Error) => void): void
  on(event: 'close', listener: () => void): void
  createUAS(
    request: SrfRequest,
    response: SrfResponse,
    options: { localSdp?: string; headers: SrfHeaders },
  ): Promise<SrfDialog>
  createUAC(uri: string, options: SrfUacOptions, progress: SrfProgress): Promise<SrfDialog>
}

export function createSrf(): SrfConnection {
  return new Srf() as unknown as SrfConnection
}

/** Ends the connection, or the attempts to get one back. */
export function disconnectSrf(srf: SrfConnection, isConnected: boolean): void {
  if (isConnected) {
    srf.disconnect()
    return
  }
  // What drachtio-srf has lost it cannot close; a socket that never was tells it to stop trying.
  const never = new Socket()
  srf.disconnect(never)
  never.destroy()
}

export function isSrfRefusal(thrown: unknown): thrown is SrfRefusal {
  return thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number'
}
