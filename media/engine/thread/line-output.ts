import type { Codec } from '../../codec.ts'
import { FrameResampler } from '../audio/frame-resampler.ts'
import { alawToUlaw, translateG711, ulawToAlaw } from '../audio/g711.ts'
import { clockRateOf, createEncoder, sampleRateOf, type VoiceEncoder } from '../audio/voice-codec.ts'
import { type RtpReader, rtpHeaderBytes } from '../rtp/rtp-packet.ts'
import type { StreamPlan } from '../sdp/stream-plan.ts'
import type { KeySender } from './key-sender.ts'
import type { HeardVoice } from './line-input.ts'
import { tickMs } from './packet-clock.ts'
import type { Playlist } from './playlist.ts'
import { RtpSender } from './rtp-sender.ts'
import { Transcoder } from './transcoder.ts'

const longestPacketBytes = 1500
/** A peer that hears nothing for long may take us for gone: a little silence now and then (RFC 6263). */
const keepAliveMs = 5000

/** What an Opus packet stands for unless it says otherwise; only to continue after it. */
const opusPacketUnits = 960
/** RFC 6716 2.1.4: the frames that Opus has, of the lengths that are agreed on here. */
const opusPtimesMs: readonly number[] = [10, 20, 40, 60]

/** Something that listens to what a line's peer hears. It must copy what it keeps. */
export interface OutputTap {
  /** A packet of a bridged peer, as that one sent it. */
  relayed(heard: HeardVoice, isNewSource: boolean): void
  /** Played or mixed sound. */
  made(samples: Int16Array, rate: number): void
}

/**
 * What a line's peer hears: keys and played sound before anything else, otherwise what a bridge or a mix hands in. One stream,
 * whatever it comes from.
 */
export class LineOutput {
  readonly sender: RtpSender
  #plan: StreamPlan | undefined
  #isSending = false
  #encoder: VoiceEncoder | undefined
  #encoderCodec: Codec | undefined
  #playlist: Playlist | undefined
  #keys: KeySender | undefined
  readonly #packet = Buffer.alloc(longestPacketBytes)
  #frame = new Int16Array(160)
  /** Samples that wait until a packet of the agreed length is full. */
  #pending = new Int16Array(0)
  #pendingCount = 0
  #transcoder: Transcoder | undefined
  #mixResampler: FrameResampler | undefined
  readonly #taps = new Set<OutputTap>()
  readonly #out = { payloadType: 0, units: 0, nowMs: 0 }

  constructor(send: (packet: Buffer, from: number, to: number) => void) {
    this.sender = new RtpSender(send)
  }

  configure(plan: StreamPlan): void {
    const { codec } = plan.send
    this.#plan = plan
    this.#isSending = plan.direction === 'sendrecv' || plan.direction === 'sendonly'
    this.sender.clockRate = clockRateOf(codec)
    if (this.#encoderCodec !== codec) {
      this.#encoder = createEncoder(codec)
      this.#encoderCodec = codec
      this.sender.breakRelay()
    }
    this.#frame = new Int16Array((this.sampleRate * tickMs) / 1000)
    const ptimeMs = codec === 'opus' && !opusPtimesMs.includes(plan.ptimeMs) ? 20 : plan.ptimeMs
    this.#pending = new Int16Array((this.sampleRate * ptimeMs) / 1000)
    this.#transcoder = undefined
    this.#pendingCount = 0
  }

  /** The rate of samples given to it. */
  get sampleRate(): number {
    return this.#encoderCodec === undefined ? 8000 : sampleRateOf(this.#encoderCodec)
  }

  get codec(): Codec | undefined {
    return this.#encoderCodec
  }

  get events(): StreamPlan['events'] {
    return this.#plan?.events
  }

  /** Whether it has work to do each tick. */
  get isBusy(): boolean {
    return this.#playlist !== undefined || this.#keys !== undefined
  }

  tap(tap: OutputTap): () => void {
    this.#taps.add(tap)
    return () => this.#taps.delete(tap)
  }

  play(playlist: Playlist): void {
    this.#playlist?.end('replaced')
    this.#playlist = playlist
  }

  sendKeys(keys: KeySender): void {
    this.#keys?.end()
    this.#keys = keys
  }

  tick(nowMs: number): void {
    if (this.#playlist) this.#tickPlaylist(this.#playlist, nowMs)
    const keys = this.#keys
    if (!keys) return
    if (this.#isSending) keys.tick(this.sender, nowMs)
    else keys.end()
    if (keys.isEnded) this.#keys = undefined
  }

  /** One tick of mixed sound; dropped while something is played. */
  mixed(samples: Int16Array, rate: number, nowMs: number): void {
    if (this.isBusy) return
    const toRate = this.sampleRate
    if (rate === toRate) return this.#sendSamples(samples, nowMs)
    if (this.#mixResampler?.fromRate !== rate || this.#mixResampler.toRate !== toRate) {
      this.#mixResampler = new FrameResampler(rate, toRate, tickMs)
    }
    this.#sendSamples(this.#mixResampler.convert(samples), nowMs)
  }

  /** A voice packet of a bridged peer: sent on as it is, or in this side's law. Changes the packet. */
  relay(heard: HeardVoice): void {
    const { packet, rtp, codec, nowMs } = heard
    if (this.isBusy || !this.#isSending || !this.#plan) return
    const mine = this.#plan.send
    if (this.#taps.size > 0) {
      const isNewSource = !this.sender.isRelaying(rtp.ssrc)
      for (const tap of this.#taps) tap.relayed(heard, isNewSource)
    }
    if (codec !== mine.codec) {
      const table = lawTable(codec, mine.codec)
      if (!table) return this.#transcode(heard)
      translateG711(table, packet, rtp.payloadStart, rtp.payloadEnd)
    }
    this.#out.payloadType = mine.payload
    this.#out.units = mine.codec === 'opus' ? opusPacketUnits : rtp.payloadEnd - rtp.payloadStart
    this.#out.nowMs = nowMs
    this.sender.relay(packet, rtp, this.#out)
  }

  /** A key event packet of a bridged peer, sent on in this side's payload type; not at all where this side knows none. */
  relayKey(packet: Buffer, rtp: RtpReader, nowMs: number): void {
    const events = this.#plan?.events
    if (!events || !this.#isSending || this.isBusy) return
    this.sender.relay(packet, rtp, { payloadType: events.send, units: 160, nowMs })
  }

  /** To be called now and then. */
  keepAlive(nowMs: number): void {
    if (!this.#isSending || this.isBusy || nowMs - this.sender.lastMs < keepAliveMs) return
    this.#frame.fill(0)
    this.#sendSamples(this.#frame, nowMs)
  }

  close(): void {
    this.#playlist?.end('closed')
    this.#keys?.end()
    this.#playlist = undefined
    this.#keys = undefined
  }

  #transcode(heard: HeardVoice): void {
    this.#transcoder ??= new Transcoder(this.sampleRate, (samples, nowMs) => this.#frameSamples(samples, nowMs))
    this.#transcoder.voice(heard)
  }

  #tickPlaylist(playlist: Playlist, nowMs: number): void {
    // The codec, and with it the rate, may have changed since the sound was opened: better a wrong pitch than none.
    if (!playlist.read(this.#frame)) this.#playlist = undefined
    else if (!this.#keys) this.#sendSamples(this.#frame, nowMs)
  }

  #sendSamples(samples: Int16Array, nowMs: number): void {
    if (!this.#isSending || !this.#encoder) return
    for (const tap of this.#taps) tap.made(samples, this.#encoder.rate)
    this.#frameSamples(samples, nowMs)
  }

  /** Cuts samples into packets of the agreed length. */
  #frameSamples(samples: Int16Array, nowMs: number): void {
    if (samples.length === this.#pending.length) return this.#sendPacket(samples, nowMs)
    for (let at = 0; at < samples.length;) {
      const count = Math.min(samples.length - at, this.#pending.length - this.#pendingCount)
      this.#pending.set(samples.subarray(at, at + count), this.#pendingCount)
      this.#pendingCount += count
      at += count
      if (this.#pendingCount < this.#pending.length) continue
      this.#pendingCount = 0
      this.#sendPacket(this.#pending, nowMs)
    }
  }

  #sendPacket(samples: Int16Array, nowMs: number): void {
    if (!this.#encoder || !this.#plan) return
    const payloadBytes = this.#encoder.encode(samples, samples.length, this.#packet, rtpHeaderBytes)
    const units = (samples.length * this.sender.clockRate) / this.#encoder.rate
    this.sender.sendFrame(this.#packet, { payloadBytes, payloadType: this.#plan.send.payload, units, nowMs })
  }
}

function lawTable(from: Codec, to: Codec): Uint8Array | undefined {
  if (from === 'PCMU' && to === 'PCMA') return ulawToAlaw
  return from === 'PCMA' && to === 'PCMU' ? alawToUlaw : undefined
}
