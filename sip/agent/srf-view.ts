import { splitList } from '../edge/message/split-list.ts'
import type { RequestView, SipSource } from './sip-source.ts'
import type { SrfRequest } from './srf.ts'

/** A drachtio-srf request as the registrar and the authenticator see it. */
export function viewOf(request: SrfRequest): RequestView {
  return {
    method: request.method,
    uri: request.uri,
    get: (name) => request.get(name),
    values: (name) => {
      const value = request.get(name)
      return value ? splitList(value) : []
    },
  }
}

export function sourceOf(request: SrfRequest): SipSource {
  return {
    protocol: request.protocol.toLowerCase(),
    address: request.source_address,
    port: request.source_port,
  }
}
