/** Where a request came from, as the edge saw it on the socket. */
export interface SipSource {
  /** Lower case: `udp`, `tcp`, `tls`, `ws`, `wss`. */
  readonly protocol: string
  readonly address: string
  readonly port: number
}

/** What the registrar and the authenticator need to know of a request, whichever substrate it arrived on. */
export interface RequestView {
  readonly method: string
  /** The Request-URI as it stood on the wire. */
  readonly uri: string
  /** The first value of a header, or undefined. Names in any case. */
  get(name: string): string | undefined
  /** All values of a header, lists split (RFC 3261 7.3.1). */
  values(name: string): readonly string[]
}

/** What to answer a request with. */
export interface SipAnswer {
  readonly status: number
  readonly reason?: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}
