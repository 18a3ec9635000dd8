import { createHmac, createHash } from 'node:crypto'
import type { SipRequest } from '../message/sip-request.ts'
import { parseUri, type SipUri } from '../message/sip-uri.ts'
import { ownUri, type OwnAddress } from '../core/own-address.ts'

const sealName = 'seal'
const sealLength = 16

/**
 * Our own entries in Record-Route. Each carries a seal made from the Call-ID, so that only requests of calls that really
 * went through here are forwarded by their Route: without it anybody could relay through us.
 */
export class RecordRoutes {
  readonly #key: Buffer

  /** `secret`: the seals of two edges with the same secret are alike, as are those of one before and after a restart. */
  constructor(secret: string) {
    this.#key = createHash('sha256').update(`record-route ${secret}`).digest()
  }

  /** The entries for a request that came to `inward` and leaves from `outward`; two when the sides differ (RFC 5658). */
  entries(request: SipRequest, inward: OwnAddress, outward: OwnAddress): string[] {
    const seal = this.#seal(request.callId)
    const entry = (own: OwnAddress) => `<${ownUri(own)};lr;${sealName}=${seal}>`
    const [outer, inner] = [entry(outward), entry(inward)]
    return outer === inner ? [outer] : [outer, inner]
  }

  /** Whether a Route entry or Request-URI is one that we put on this call. */
  isOurs(uri: SipUri | undefined, callId: string): boolean {
    const seal = uri?.params.get(sealName)
    return seal !== undefined && seal === this.#seal(callId)
  }

  /**
   * The request as it goes on by its routes (RFC 3261 16.4), our own entries taken off; undefined when the topmost was not
   * ours.
   */
  unwind(request: SipRequest): SipRequest | undefined {
    const { callId } = request
    let isOurs = this.isOurs(request.sipUri, callId)
    if (!isOurs && !request.has('Route')) return undefined
    const forward = request.clone()
    if (isOurs && !this.#unwindStrict(forward)) return undefined
    for (let first = routeOf(forward); this.isOurs(first, callId); first = routeOf(forward)) {
      forward.removeFirst('Route')
      isOurs = true
    }
    return isOurs ? forward : undefined
  }

  /** A strict router put our entry into the Request-URI and the real target at the end of the routes. */
  #unwindStrict(forward: SipRequest): boolean {
    const routes = forward.addresses('Route')
    const target = routes.pop()
    if (!target) return false
    forward.uri = target.uri
    forward.set(
      'Route',
      routes.map((route) => route.toString()),
    )
    return true
  }

  #seal(callId: string): string {
    return createHmac('sha256', this.#key).update(callId).digest('hex').slice(0, sealLength)
  }
}

function routeOf(request: SipRequest): SipUri | undefined {
  const first = request.values('Route')[0]
  const uri = first === undefined ? undefined : /<([^>]*)>/.exec(first)?.[1]
  return uri === undefined ? undefined : parseUri(uri)
}
