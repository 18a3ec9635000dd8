import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { Candidate, Connection, DtlsClient, DtlsServer, type DtlsSocket, RTCDtlsTransport } from 'werift'
import type { SrtpKey, SrtpSuite } from '../rtp/srtp-keys.ts'
import { suiteTraits } from '../rtp/srtp-keys.ts'
import { icePeer, type LocalIce, type RemoteIce } from '../sdp/ice-description.ts'
import type { LineTransport, SocketListener } from './line-sockets.ts'

/** DTLS-SRTP profiles by number (RFC 5764 4.1.2, RFC 7714 14.2). */
const profiles = { 7: 'AEAD_AES_128_GCM', 1: 'AES_CM_128_HMAC_SHA1_80' } as const satisfies Record<number, SrtpSuite>
const masterKeyBytes = 16
/** How long ICE and DTLS may take together before a browser is given up. */
const handshakeMs = 15_000

/** Where a packet counts as coming from once ICE has proven the peer. */
const from = { ...icePeer, family: 'IPv4', size: 0 } as const

export interface IceListener extends SocketListener {
  /** The keys that DTLS agreed on. */
  secured(keys: { readonly send: SrtpKey; readonly receive: SrtpKey }): void
  /** No way to the peer, or not the peer that signalling told of. */
  unreachable(error: Error): void
}

/** The way to a browser: ICE (RFC 8445) finds it, DTLS (RFC 5764) proves who it is and makes the keys. */
export class IceLink implements LineTransport {
  readonly #ice: Connection
  readonly #listener: IceListener
  #dtls: DtlsSocket | undefined
  #isStarted = false
  #isClosed = false

  private constructor(ice: Connection, listener: IceListener) {
    this.#ice = ice
    this.#listener = listener
    // RFC 7983: what the first byte says. STUN is kept by ICE, DTLS goes to its own listener.
    ice.onData.subscribe((packet) => {
      const first = packet[0] ?? 0
      if (first >= 128 && first <= 191) listener.rtp(packet, from)
    })
  }

  /**
   * Opens one UDP port and names it.
   * @param where `address` is told to the peer, `bindAddress` is where we listen
   * @throws Error with code EADDRINUSE when the port cannot be had
   */
  static async open(
    where: { readonly address: string; readonly bindAddress: string; readonly port: number },
    isControlling: boolean,
    listener: IceListener,
  ): Promise<IceLink> {
    const { address, bindAddress, port } = where
    const ice = new Connection(isControlling, {
      useIpv4: false,
      useIpv6: false,
      additionalHostAddresses: [address],
      interfaceAddresses: isIPv6(address) ? { udp6: bindAddress } : { udp4: bindAddress },
      portRange: [port, port],
    })
    await ice.gatherCandidates()
    if (ice.localCandidates.length > 0) return new IceLink(ice, listener)
    await ice.close()
    throw Object.assign(new Error(`port ${port} is taken`), { code: 'EADDRINUSE' })
  }

  async describe(): Promise<Omit<LocalIce, 'ssrc'>> {
    const certificate = await RTCDtlsTransport.SetupCertificate()
    const fingerprint = certificate.getFingerprints().find(({ algorithm }) => algorithm === 'sha-256')
    if (!fingerprint) throw new Error('the certificate has no SHA-256 fingerprint')
    return {
      ufrag: this.#ice.localUsername,
      password: this.#ice.localPassword,
      fingerprint: { algorithm: fingerprint.algorithm, value: fingerprint.value },
      candidates: this.#ice.localCandidates.map((candidate) => candidate.toSdp()),
    }
  }

  /** Takes what the peer's description said; the first time it starts the handshakes. */
  configure(remote: RemoteIce): void {
    if (this.#isStarted) return
    this.#isStarted = true
    this.#connect(remote).catch((error: unknown) => {
      if (!this.#isClosed) this.#listener.unreachable(error instanceof Error ? error : new Error(String(error)))
    })
  }

  sendRtp(packet: Buffer, start: number, end: number): void {
    // Its sending is asynchronous, so what is used again must be copied.
    if (!this.#isClosed) this.#ice.send(Buffer.from(packet.subarray(start, end))).catch(() => undefined)
  }

  sendRtcp(packet: Buffer): void {
    this.sendRtp(packet, 0, packet.length)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#dtls?.close()
    await this.#ice.close()
  }

  async #connect(remote: RemoteIce): Promise<void> {
    this.#ice.setRemoteParams({ iceLite: remote.isLite, usernameFragment: remote.ufrag, password: remote.password })
    for (const line of remote.candidates) await this.#ice.addRemoteCandidate(Candidate.fromSdp(line))
    await this.#ice.addRemoteCandidate(undefined)
    await inTime(this.#ice.connect(), 'ICE')
    const dtls = await inTime(this.#handshake(remote.role), 'DTLS')
    verifyFingerprint(dtls.remoteCertificate, remote)
    this.#listener.secured(keysOf(dtls))
  }

  async #handshake(role: RemoteIce['role']): Promise<DtlsSocket> {
    const certificate = await RTCDtlsTransport.SetupCertificate()
    const options = {
      cert: certificate.certPem,
      key: certificate.privateKey,
      signatureHash: certificate.signatureHash,
      transport: this.#dtlsTransport(),
      srtpProfiles: Object.keys(profiles)
        .map(Number)
        .sort((a, b) => b - a) as (1 | 7)[],
      extendedMasterSecret: true,
    }
    const dtls = role === 'server' ? new DtlsServer({ ...options, certificateRequest: true }) : new DtlsClient(options)
    this.#dtls = dtls
    const connected = new Promise<DtlsSocket>((resolve, reject) => {
      dtls.onConnect.once(() => resolve(dtls))
      dtls.onError.once((error) => reject(error))
    })
    if (dtls instanceof DtlsClient) await dtls.connect()
    return connected
  }

  #dtlsTransport(): ConstructorParameters<typeof DtlsServer>[0]['transport'] {
    const ice = this.#ice
    const transport: ConstructorParameters<typeof DtlsServer>[0]['transport'] = {
      type: 'ice',
      address: { address: icePeer.address, port: icePeer.port, family: 'IPv4' },
      closed: false,
      onData: () => undefined,
      send: (data: Buffer) => ice.send(data),
      close: async () => undefined,
    }
    ice.onData.subscribe((packet) => {
      const first = packet[0] ?? 0
      if (first >= 20 && first <= 63) transport.onData(packet, [icePeer.address, icePeer.port])
    })
    return transport
  }
}

/** RFC 8122 5: the certificate must be the one whose fingerprint came with the signalling. */
function verifyFingerprint(certificate: Buffer | undefined, remote: RemoteIce): void {
  if (!certificate) throw new Error('the peer showed no certificate')
  const isKnown = remote.fingerprints.some(({ algorithm, value }) => {
    const hash = { 'sha-256': 'sha256', 'sha-384': 'sha384', 'sha-512': 'sha512' }[algorithm.toLowerCase()]
    if (hash === undefined) return false
    return createHash(hash).update(certificate).digest('hex') === value.replaceAll(':', '').toLowerCase()
  })
  if (!isKnown) throw new Error("the peer's certificate is not the one that was signalled")
}

function keysOf(dtls: DtlsSocket): { readonly send: SrtpKey; readonly receive: SrtpKey } {
  const profile = dtls.srtp.srtpProfile
  if (profile !== 1 && profile !== 7) throw new Error('no SRTP profile was agreed on')
  const suite = profiles[profile]
  const keys: Record<'localKey' | 'localSalt' | 'remoteKey' | 'remoteSalt', Buffer> = dtls.extractSessionKeys(
    masterKeyBytes,
    suiteTraits[suite].saltBytes,
  )
  const inline = (key: Buffer, salt: Buffer) => Buffer.concat([key, salt]).toString('base64')
  return {
    send: { suite, inline: inline(keys.localKey, keys.localSalt) },
    receive: { suite, inline: inline(keys.remoteKey, keys.remoteSalt) },
  }
}

async function inTime<T>(done: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took too long`)), handshakeMs)
  })
  try {
    return await Promise.race([done, late])
  } finally {
    clearTimeout(timer)
  }
}
