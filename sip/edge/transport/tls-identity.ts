import { checkServerIdentity, rootCertificates, type PeerCertificate, type TLSSocket } from 'node:tls'

/** Who we are towards TLS peers, and whom we believe. PEM. */
export interface TlsIdentity {
  readonly key: string | Buffer
  /** The certificate and those between it and the root. */
  readonly cert: string | Buffer
  /** Certificates to believe in addition to the well-known ones; with them, connecting peers are asked for theirs. */
  readonly ca?: readonly (string | Buffer)[]
  /** False: connect also to peers whose certificate cannot be verified. */
  readonly verifyPeers?: boolean
}

/** What to believe, as Node takes it. */
export function trustedCertificates(identity: TlsIdentity | undefined): (string | Buffer)[] | undefined {
  return identity?.ca ? [...rootCertificates, ...identity.ca] : undefined
}

/**
 * Whether a certificate is for this SIP domain (RFC 5922 7.1): by its SIP URIs when it has some, else as for any server.
 * Wildcards are taken, against 7.2, because carriers use them.
 */
export function checkSipIdentity(domain: string, certificate: PeerCertificate): Error | undefined {
  const domains = sipDomainsOf(certificate)
  if (domains.length === 0) return checkServerIdentity(domain, certificate)
  if (domains.includes(domain.toLowerCase())) return undefined
  return new Error(`the certificate is for ${domains.join(', ')}, not for ${domain}`)
}

/** The names a peer has proven with a certificate that we believe; empty without one. */
export function provenNames(socket: TLSSocket): readonly string[] {
  if (!socket.authorized) return []
  const certificate = socket.getPeerCertificate()
  return [...sipDomainsOf(certificate), ...alternativeNames(certificate, 'DNS:').map((name) => name.toLowerCase())]
}

/** The domains of SIP URIs without a user part (RFC 5922 7.1). */
function sipDomainsOf(certificate: PeerCertificate): string[] {
  return alternativeNames(certificate, 'URI:')
    .filter((uri) => /^sip:[^@;:?]+$/i.test(uri))
    .map((uri) => uri.slice(4).toLowerCase())
}

function alternativeNames(certificate: PeerCertificate, kind: 'URI:' | 'DNS:'): string[] {
  const names = (certificate.subjectaltname ?? '').split(', ')
  return names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length))
}
