import { BlockList, isIP } from 'node:net'

/** Networks from which a signalled address says nothing about where packets will really come from. */
const privateNetworks = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
] as const) {
  privateNetworks.addSubnet(network, bits, 'ipv4')
}
privateNetworks.addSubnet('fc00::', 7, 'ipv6')
privateNetworks.addSubnet('fe80::', 10, 'ipv6')
privateNetworks.addAddress('::1', 'ipv6')

export function isPrivateAddress(address: string): boolean {
  return privateNetworks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** How long the signalled peer may still take the place of somebody who spoke first. */
const probationMs = 2000

export interface SignalledPeer {
  readonly address: string
  readonly port: number
  /** Where the peer's signalling came from, when known. */
  readonly signallingAddress?: string
}

/**
 * Decides whose packets one stream takes (symmetric RTP, RFC 4961, with protection against injected packets): the peer's address
 * is learnt once and then kept until a new negotiation. Learnt is the signalled address, or the first that sends valid
 * packets where the signalled one may be behind a NAT: it is private, or the sender shares the signalled or the signalling address.
 */
export class AddressLock {
  #peer: SignalledPeer | undefined
  #address = ''
  #port = 0
  #state: 'open' | 'probation' | 'locked' = 'open'
  #probationEndMs = 0

  /** Where packets go: what was learnt, before that what was signalled. */
  get address(): string {
    return this.#address
  }

  get port(): number {
    return this.#port
  }

  get isLearnt(): boolean {
    return this.#state !== 'open'
  }

  /** Starts over with what a negotiation said. The same peer as before stays learnt: a hold moves no phone. */
  expect(peer: SignalledPeer): void {
    const isSame = this.#peer?.address === peer.address && this.#peer.port === peer.port
    this.#peer = peer
    if (isSame && this.#state !== 'open') {
      // A phone that did move after a re-INVITE may be learnt anew, and until then is sent to where it was.
      this.#state = 'open'
      return
    }
    this.#state = 'open'
    this.#address = peer.address
    this.#port = peer.port
  }

  /** Whether a valid packet from there belongs to this stream. Called once per packet. */
  admits(address: string, port: number, nowMs: number): boolean {
    if (this.#state !== 'open' && port === this.#port && address === this.#address) return true
    if (this.#state === 'locked' || !this.#peer) return false
    const isSignalled = address === this.#peer.address && port === this.#peer.port
    if (this.#state === 'probation')
      return isSignalled && nowMs <= this.#probationEndMs && this.#learn(address, port, nowMs)
    return (isSignalled || this.#mayBeThePeer(this.#peer, address)) && this.#learn(address, port, nowMs)
  }

  #learn(address: string, port: number, nowMs: number): boolean {
    const isSignalled = address === this.#peer?.address && port === this.#peer.port
    this.#address = address
    this.#port = port
    this.#state = isSignalled ? 'locked' : 'probation'
    this.#probationEndMs = nowMs + probationMs
    return true
  }

  #mayBeThePeer(peer: SignalledPeer, address: string): boolean {
    if (isPrivateAddress(peer.address)) return true
    return address === peer.address || address === peer.signallingAddress
  }
}
