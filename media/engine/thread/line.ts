import { performance } from 'node:perf_hooks'
import { addTo, counter, type Counters } from '../counters.ts'
import { looksLikeRtcp, type RtpReader } from '../rtp/rtp-packet.ts'
import type { SrtpKey } from '../rtp/srtp-keys.ts'
import type { KeyPress } from '../rtp/telephone-event.ts'
import type { LocalIce } from '../sdp/ice-description.ts'
import type { StreamPlan } from '../sdp/stream-plan.ts'
import type { KeySender } from './key-sender.ts'
import { type HeardVoice, type InputListener, LineInput } from './line-input.ts'
import { LineOutput } from './line-output.ts'
import type { IceLink, IceListener } from './ice-link.ts'
import { LineSockets, type LineTransport, type PacketSource } from './line-sockets.ts'
import type { PacketClock, Tickable } from './packet-clock.ts'
import type { Playlist } from './playlist.ts'
import { RtcpLink } from './rtcp-link.ts'
import { type Shield, shieldFor } from './shield.ts'

/** Something that takes in what a line's peer says. It must copy what it keeps. */
export interface VoiceTap {
  voice(heard: HeardVoice): void
}

/** Something that wants to know of a line's keys and end. */
export interface LineObserver {
  key?(press: KeyPress): void
  closed?(): void
}

export interface LineListener {
  key(press: KeyPress): void
  lost(withoutPacketsMs: number): void
  unreachable(message: string): void
}

/** The packet side of an endpoint: one peer's stream in and ours to it. */
export class Line implements Tickable, IceListener, InputListener {
  readonly #counters: Counters
  readonly #listener: LineListener
  readonly #clock: PacketClock
  readonly #mediaTimeoutMs: number
  readonly #input: LineInput
  readonly output: LineOutput
  readonly #rtcp: RtcpLink
  readonly #taps = new Set<VoiceTap>()
  readonly #observers = new Set<LineObserver>()
  #sockets: LineTransport | undefined
  #ice: IceLink | undefined
  #plan: StreamPlan | undefined
  #shield: Shield | undefined
  #bridged: Line | undefined
  #leaveMix: (() => void) | undefined
  #isMuted = false
  #isLost = false
  #isClosed = false

  constructor(parts: {
    readonly counters: Counters
    readonly listener: LineListener
    readonly clock: PacketClock
    readonly mediaTimeoutMs: number
    readonly signallingAddress: string | undefined
    readonly cname: string
  }) {
    this.#counters = parts.counters
    this.#listener = parts.listener
    this.#clock = parts.clock
    this.#mediaTimeoutMs = parts.mediaTimeoutMs
    this.#input = new LineInput(parts.counters, this, parts.signallingAddress)
    this.output = new LineOutput((packet, from, to) => this.#send(packet, from, to))
    const { reception } = this.#input
    this.#rtcp = new RtcpLink({ counters: parts.counters, sender: this.output.sender, reception, cname: parts.cname })
  }

  /** @throws the system error of `bind` */
  async open(address: string, port: number): Promise<undefined> {
    this.#sockets = await LineSockets.open(address, port, this)
  }

  /** @throws the system error of `bind` */
  async openIce(
    where: { address: string; bindAddress: string; port: number },
    isControlling: boolean,
  ): Promise<LocalIce> {
    // A great deal of code that an office without browsers never needs.
    const { IceLink } = await import('./ice-link.ts')
    this.#ice = await IceLink.open(where, isControlling, this)
    this.#sockets = this.#ice
    return { ...(await this.#ice.describe()), ssrc: this.output.sender.ssrc }
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  get isReceiving(): boolean {
    return this.#input.isReceiving
  }

  configure(plan: StreamPlan): void {
    this.#plan = plan
    if (plan.ice) this.#ice?.configure(plan.ice)
    else this.#shield = shieldFor(plan.security, this.#shield)
    this.#input.configure(plan)
    this.output.configure(plan)
    this.#isLost = false
  }

  mute(on: boolean): void {
    this.#isMuted = on
  }

  /** Hands the voices of two lines to each other; a line with itself is an echo. */
  bridge(other: Line): void {
    for (const line of [this, other]) {
      line.leaveMix()
      line.unbridge()
    }
    this.#bridged = other
    other.#bridged = this
  }

  unbridge(): void {
    const other = this.#bridged
    this.#bridged = undefined
    this.output.sender.breakRelay()
    if (other && other.#bridged === this) other.unbridge()
  }

  /** The line has become part of a mix. @param leave takes it out */
  mixedBy(leave: () => void): () => void {
    this.#leaveMix = leave
    return () => (this.#leaveMix = undefined)
  }

  leaveMix(): void {
    this.#leaveMix?.()
  }

  tap(tap: VoiceTap): () => void {
    this.#taps.add(tap)
    return () => this.#taps.delete(tap)
  }

  observe(observer: LineObserver): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  play(playlist: Playlist): void {
    this.output.play(playlist)
    this.#clock.add(this)
  }

  sendKeys(keys: KeySender): void {
    this.output.sendKeys(keys)
    this.#clock.add(this)
  }

  tick(nowMs: number): void {
    this.output.tick(nowMs)
    if (!this.output.isBusy) this.#clock.remove(this)
  }

  /** Ends it: what plays and records on it ends first. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.unbridge()
    this.leaveMix()
    this.#clock.remove(this)
    this.output.close()
    for (const observer of [...this.#observers]) observer.closed?.()
    const goodbye = this.#rtcp.goodbye(performance.now())
    if (goodbye) this.#sendRtcp(goodbye)
    await this.#sockets?.close()
  }

  /** What is due now and then: reports, silence for the NAT's sake, a peer that went quiet, keys that never ended. */
  watch(nowMs: number): void {
    if (!this.#plan || this.#isClosed) return
    this.#counters[counter.packetsLost] = this.#input.reception.lost
    this.#counters[counter.jitterMs] = this.#input.reception.jitterMs
    const report = this.#rtcp.dueReport(nowMs)
    if (report) this.#sendRtcp(report)
    this.output.keepAlive(nowMs)
    this.#input.watch(nowMs)
    const quietMs = this.#input.quietMs(nowMs)
    if (quietMs < this.#mediaTimeoutMs) this.#isLost = false
    else if (!this.#isLost) {
      this.#isLost = true
      this.#listener.lost(Math.round(quietMs))
    }
  }

  // SocketListener

  rtp(packet: Buffer, from: PacketSource): void {
    if (this.#isClosed || this.#isUnsecured) return
    if (this.#plan?.remote.isRtcpMux && looksLikeRtcp(packet)) return this.rtcp(packet, from)
    const plain = this.#shield ? this.#shield.receive.unprotect(packet) : packet
    if (plain) this.#input.rtpPacket(plain, from.address, from.port)
    else addTo(this.#counters, counter.packetsMalformed, 1)
  }

  rtcp(packet: Buffer, from: PacketSource): void {
    const isPeer = from.address === this.#input.lock.address || from.address === this.#plan?.remote.rtcpAddress
    const plain = this.#shield ? this.#shield.receive.unprotectRtcp(packet) : packet
    if (isPeer && plain) this.#rtcp.receive(plain, performance.now())
    else if (isPeer) addTo(this.#counters, counter.packetsMalformed, 1)
    else addTo(this.#counters, counter.packetsFromStrangers, 1)
  }

  // IceListener

  secured(keys: { readonly send: SrtpKey; readonly receive: SrtpKey }): void {
    this.#shield = shieldFor(keys, this.#shield)
  }

  unreachable(error: Error): void {
    this.#listener.unreachable(error.message)
  }

  /** DTLS has not made the keys yet: nothing may go out or be believed. */
  get #isUnsecured(): boolean {
    return this.#ice !== undefined && !this.#shield
  }

  // InputListener

  voice(heard: HeardVoice, isRestart: boolean): void {
    if (this.#isMuted) return
    for (const tap of this.#taps) tap.voice(heard)
    const other = this.#bridged
    if (!other) return
    if (isRestart) other.output.sender.breakRelay()
    // Last, because it changes the packet.
    other.output.relay(heard)
  }

  keyPacket(packet: Buffer, rtp: RtpReader, nowMs: number): void {
    this.#bridged?.output.relayKey(packet, rtp, nowMs)
  }

  key(press: KeyPress): void {
    for (const observer of [...this.#observers]) observer.key?.(press)
    this.#listener.key(press)
  }

  #send(packet: Buffer, from: number, to: number): void {
    const { address, port } = this.#input.lock
    if (port === 0 || !this.#sockets || this.#isUnsecured) return
    if (this.#shield) {
      const bytes = this.#shield.send.protect(packet, from, to)
      this.#sockets.sendRtp(bytes, 0, bytes.length, port, address)
    } else this.#sockets.sendRtp(packet, from, to, port, address)
    addTo(this.#counters, counter.packetsSent, 1)
    addTo(this.#counters, counter.bytesSent, to - from - 12)
  }

  /** To the signalled RTCP address, or beside the RTP port of a peer that turned out to be elsewhere. */
  #sendRtcp(packet: Buffer): void {
    const remote = this.#plan?.remote
    const { lock } = this.#input
    if (!remote || lock.port === 0 || !this.#sockets || this.#isUnsecured) return
    const bytes = this.#shield ? this.#shield.send.protectRtcp(packet) : packet
    if (remote.isRtcpMux) return this.#sockets.sendRtp(bytes, 0, bytes.length, lock.port, lock.address)
    const isWhereSignalled = lock.address === remote.address && lock.port === remote.port
    if (isWhereSignalled) this.#sockets.sendRtcp(bytes, remote.rtcpPort, remote.rtcpAddress)
    else if (lock.port < 65535) this.#sockets.sendRtcp(bytes, lock.port + 1, lock.address)
  }
}
