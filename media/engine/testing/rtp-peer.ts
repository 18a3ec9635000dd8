import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { parse } from 'sdp-transform'
import type { Codec } from '../../codec.ts'
import { amplitudeAt, loudness } from '../audio/goertzel.ts'
import { dtmfFrequencies } from '../audio/tone-script.ts'
import { clockRateOf, createDecoder, createEncoder, type VoiceDecoder } from '../audio/voice-codec.ts'
import { looksLikeRtcp, RtpReader, writeRtpHeader } from '../rtp/rtp-packet.ts'
import type { SrtpKey } from '../rtp/srtp-keys.ts'
import { Srtp } from '../rtp/srtp.ts'
import { eventOfKey, writeEvent } from '../rtp/telephone-event.ts'
import { readCryptoLines } from '../sdp/sdes.ts'

export interface ReceivedPacket {
  readonly atMs: number
  readonly payloadType: number
  readonly marker: boolean
  readonly sequence: number
  readonly timestamp: number
  readonly ssrc: number
  readonly payload: Buffer
}

export interface PeerOptions {
  readonly address?: string
  readonly codec?: Codec
  /** Extra `a=` lines of the audio line. */
  readonly attributes?: readonly string[]
  readonly ptimeMs?: number
  readonly eventPayload?: number | undefined
  /** SRTP: our key for what this peer sends. */
  readonly srtp?: SrtpKey
  /** RTP and RTCP on one port (RFC 5761). */
  readonly isRtcpMux?: boolean
}

const payloads: Readonly<Record<Codec, number>> = { PCMU: 0, PCMA: 8, G722: 9, opus: 111 }
const encodings: Readonly<Record<Codec, string>> = {
  PCMU: 'PCMU/8000',
  PCMA: 'PCMA/8000',
  G722: 'G722/8000',
  opus: 'opus/48000/2',
}
/** How much of the end of what was heard is judged. */
const judgedMs = 200
const keptMs = 2000

/** A phone's media, for tests: offers or answers, talks in tones, listens by ear. */
export class RtpPeer {
  readonly received: ReceivedPacket[] = []
  readonly receivedRtcp: Buffer[] = []
  readonly #options: PeerOptions
  readonly #rtp: Socket
  readonly #rtcp: Socket
  readonly #codec: Codec
  #decoder: VoiceDecoder
  readonly #samples: number[] = []
  #remote: { address: string; port: number } | undefined
  #protect: Srtp | undefined
  #unprotect: Srtp | undefined
  #talking: NodeJS.Timeout | undefined
  ssrc = Math.floor(Math.random() * 2 ** 32)
  sequence = Math.floor(Math.random() * 2 ** 16)
  timestamp = Math.floor(Math.random() * 2 ** 32)

  private constructor(rtp: Socket, rtcp: Socket, options: PeerOptions) {
    this.#rtp = rtp
    this.#rtcp = rtcp
    this.#options = options
    this.#codec = options.codec ?? 'PCMU'
    this.#decoder = createDecoder(this.#codec)
    rtp.on('message', (packet) => this.#hear(packet))
    rtcp.on('message', (packet) => this.receivedRtcp.push(packet))
  }

  static async open(options: PeerOptions = {}): Promise<RtpPeer> {
    const type = options.address?.includes(':') ? 'udp6' : 'udp4'
    const [rtp, rtcp] = [createSocket(type), createSocket(type)]
    for (const socket of [rtp, rtcp]) {
      socket.bind(0, options.address ?? '127.0.0.1')
      await once(socket, 'listening')
    }
    return new RtpPeer(rtp, rtcp, options)
  }

  get port(): number {
    return this.#rtp.address().port
  }

  get rtcpPort(): number {
    return this.#rtcp.address().port
  }

  /** The description of this peer, offer or answer. */
  sdp(attributes: readonly string[] = [], address = this.#options.address ?? '127.0.0.1'): string {
    const network = `IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}`
    const { eventPayload = 101, ptimeMs = 20, srtp, isRtcpMux } = this.#options
    const payload = payloads[this.#codec]
    return [
      'v=0',
      `o=peer 1 1 ${network}`,
      's=-',
      `c=${network}`,
      't=0 0',
      `m=audio ${this.port} ${srtp ? 'RTP/SAVP' : 'RTP/AVP'} ${payload} ${eventPayload}`,
      `a=rtpmap:${payload} ${encodings[this.#codec]}`,
      `a=rtpmap:${eventPayload} telephone-event/${clockRateOf(this.#codec)}`,
      `a=ptime:${ptimeMs}`,
      isRtcpMux ? 'a=rtcp-mux' : `a=rtcp:${this.rtcpPort}`,
      ...(srtp ? [`a=crypto:4 ${srtp.suite} inline:${srtp.inline}|2^31`] : []),
      ...(this.#options.attributes ?? []),
      ...attributes,
      '',
    ].join('\r\n')
  }

  /** Where to send from now on: the other side's description. */
  follow(sdp: string | undefined): this {
    const session = parse(sdp ?? '')
    const audio = session.media.find((media) => media.type === 'audio')
    const address = audio?.connection?.ip ?? session.connection?.ip
    if (!audio || !address) throw new Error('the description has no audio')
    this.#remote = { address, port: audio.port }
    const line = readCryptoLines(audio)[0]
    if (this.#options.srtp && line) {
      this.#protect = new Srtp(this.#options.srtp)
      this.#unprotect = new Srtp(line)
    }
    return this
  }

  /** Sends a tone until told otherwise; real time, 20 ms (or the agreed length) a packet. */
  talk(hertz: number, amplitude = 8000): void {
    this.#say((at, rate) => (hertz === 0 ? 0 : amplitude * Math.sin((2 * Math.PI * hertz * at) / rate)))
  }

  /** Presses a key as its two tones, for 200 ms, and then sends silence. */
  dial(key: string): void {
    const [row, column] = dtmfFrequencies(key) ?? [0, 0]
    const sine = (hertz: number, at: number, rate: number) => 6000 * Math.sin((2 * Math.PI * hertz * at) / rate)
    this.#say((at, rate) => (at > rate / 5 ? 0 : sine(row, at, rate) + sine(column, at, rate)))
  }

  #say(sampleAt: (at: number, rate: number) => number): void {
    this.quiet()
    const encoder = createEncoder(this.#codec)
    const { ptimeMs = 20 } = this.#options
    const samples = new Int16Array((encoder.rate * ptimeMs) / 1000)
    const payload = Buffer.alloc(1500)
    let at = 0
    let dueMs = performance.now()
    const run = () => {
      while (dueMs <= performance.now()) {
        for (let i = 0; i < samples.length; i++) {
          samples[i] = Math.round(sampleAt(at++, encoder.rate))
        }
        const bytes = encoder.encode(samples, samples.length, payload, 0)
        this.send(payload.subarray(0, bytes))
        this.timestamp = (this.timestamp + (clockRateOf(this.#codec) * ptimeMs) / 1000) >>> 0
        dueMs += ptimeMs
      }
      this.#talking = setTimeout(run, Math.max(1, dueMs - performance.now()))
    }
    run()
  }

  quiet(): void {
    clearTimeout(this.#talking)
    this.#talking = undefined
  }

  /** Sends one RTP packet with the current numbers. */
  send(payload: Buffer, options: { payloadType?: number; marker?: boolean } = {}): void {
    const packet = Buffer.alloc(12 + payload.length)
    this.sequence = (this.sequence + 1) & 0xffff
    writeRtpHeader(packet, 0, {
      payloadType: options.payloadType ?? payloads[this.#codec],
      marker: options.marker ?? false,
      sequence: this.sequence,
      timestamp: this.timestamp,
      ssrc: this.ssrc,
    })
    payload.copy(packet, 12)
    this.sendRaw(this.#protect ? this.#protect.protect(packet, 0, packet.length) : packet)
  }

  sendRaw(packet: Buffer, to = this.#remote): void {
    if (!to) throw new Error('the peer does not know where to send')
    this.#rtp.send(packet, to.port, to.address)
  }

  sendRtcp(packet: Buffer): void {
    if (!this.#remote) throw new Error('the peer does not know where to send')
    this.#rtcp.send(packet, this.#remote.port + 1, this.#remote.address)
  }

  /** Presses a key: its event packets, the last three with the end bit. */
  press(key: string, options: { readonly durationMs?: number; readonly isEndLost?: boolean } = {}): void {
    const { durationMs = 100, isEndLost = false } = options
    const payload = Buffer.alloc(4)
    const code = eventOfKey(key) ?? 0
    const payloadType = this.#options.eventPayload ?? 101
    for (let ms = 20; ms <= durationMs; ms += 20) {
      writeEvent(payload, 0, { code, isEnd: false, duration: ms * 8 })
      this.send(payload, { payloadType, marker: ms === 20 })
    }
    writeEvent(payload, 0, { code, isEnd: true, duration: durationMs * 8 })
    for (let i = 0; i < 3 && !isEndLost; i++) this.send(payload, { payloadType })
    this.timestamp = (this.timestamp + durationMs * 8 + 160) >>> 0
  }

  /** Resolves as soon as the tone stands out in the last 200 ms. @throws when it does not within `withinMs` */
  async hears(hertz: number, withinMs = 3000): Promise<void> {
    await this.#until(() => this.isHearing(hertz), withinMs, `a tone of ${hertz} Hz`)
  }

  /** Resolves when nothing audible has come for 200 ms, or only silence. */
  async hearsNothing(withinMs = 3000): Promise<void> {
    await this.#until(() => this.#isQuiet(), withinMs, 'silence')
  }

  isHearing(hertz: number): boolean {
    const heard = this.lastSamples(judgedMs)
    const { rate } = this.#decoder
    if (heard.length < (rate * judgedMs) / 1000 || this.#sinceLastMs() > judgedMs) return false
    return amplitudeAt(heard, hertz, rate) > Math.max(150, loudness(heard) * 0.3)
  }

  /** The end of what was heard. */
  lastSamples(ms: number): number[] {
    return this.#samples.slice(-Math.round((this.#decoder.rate * ms) / 1000))
  }

  /** Waits for so many more packets. */
  async receives(count: number, withinMs = 3000): Promise<readonly ReceivedPacket[]> {
    const from = this.received.length
    await this.#until(() => this.received.length >= from + count, withinMs, `${count} packets`)
    return this.received.slice(from)
  }

  forget(): void {
    this.received.length = 0
    this.#samples.length = 0
  }

  close(): void {
    this.quiet()
    this.#rtp.close()
    this.#rtcp.close()
  }

  #hear(arrived: Buffer): void {
    if (this.#options.isRtcpMux && looksLikeRtcp(arrived)) {
      this.receivedRtcp.push(this.#unprotect?.unprotectRtcp(arrived) ?? arrived)
      return
    }
    const packet = this.#unprotect ? this.#unprotect.unprotect(arrived) : arrived
    if (!packet) return
    const rtp = new RtpReader()
    if (!rtp.read(packet)) return
    const payload = packet.subarray(rtp.payloadStart, rtp.payloadEnd)
    const { payloadType, marker, sequence, timestamp, ssrc } = rtp
    this.received.push({ atMs: performance.now(), payloadType, marker, sequence, timestamp, ssrc, payload })
    if (payloadType !== payloads[this.#codec]) return
    const samples = new Int16Array(5760)
    const count = this.#decoder.decode(payload, 0, payload.length, samples)
    this.#samples.push(...samples.subarray(0, count))
    const kept = (this.#decoder.rate * keptMs) / 1000
    if (this.#samples.length > kept * 2) this.#samples.splice(0, this.#samples.length - kept)
  }

  #sinceLastMs(): number {
    return performance.now() - (this.received.at(-1)?.atMs ?? -Infinity)
  }

  #isQuiet(): boolean {
    return this.#sinceLastMs() > judgedMs || loudness(this.lastSamples(judgedMs)) < 60
  }

  async #until(isTrue: () => boolean, withinMs: number, what: string): Promise<void> {
    const endMs = performance.now() + withinMs
    while (!isTrue()) {
      if (performance.now() > endMs) throw new Error(`the peer did not hear ${what} within ${withinMs} ms`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}
