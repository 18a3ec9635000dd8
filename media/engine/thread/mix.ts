import { FrameResampler } from '../audio/frame-resampler.ts'
import type { LineNumber, MemberSettings } from '../protocol.ts'
import { type FrameSource, HeardFrames } from './frame-source.ts'
import { isAudible } from './level.ts'
import type { Line } from './line.ts'
import { type PacketClock, type Tickable, tickMs } from './packet-clock.ts'
import type { Playlist } from './playlist.ts'

const narrowRate = 8000
const recordRate = 8000
/** A voice must last to count as talking, and pauses between words do not end it. */
const talkingAfterMs = 60
const quietAfterMs = 600

interface Member {
  readonly number: LineNumber
  readonly line: Line
  heard: HeardFrames
  frame: Int16Array
  /** Stops listening to the line. */
  untap: () => void
  readonly leave: () => void
  settings: MemberSettings
  gain: number
  /** Its frame of this tick has something in it. */
  isAudible: boolean
  voiceMs: number
  isTalking: boolean
}

export interface MixListener {
  talking(line: LineNumber, isTalking: boolean): void
  left(line: LineNumber): void
}

/** Mixes lines, each hearing all but itself. */
export class Mix implements Tickable, FrameSource {
  readonly channels = 1
  readonly #clock: PacketClock
  readonly #listener: MixListener
  readonly #members = new Map<LineNumber, Member>()
  /** Narrow band while all are; wide as soon as one member can hear it. */
  #rate = narrowRate
  #sum = new Int32Array(0)
  #played = new Int16Array(0)
  #out = new Int16Array(0)
  #playedResampler: FrameResampler | undefined
  #recordResampler: FrameResampler | undefined
  readonly #ends = new Set<() => void>()
  #playlist: Playlist | undefined
  #isMuted = false

  constructor(clock: PacketClock, listener: MixListener) {
    this.#clock = clock
    this.#listener = listener
    this.#tune(narrowRate)
    clock.add(this)
  }

  get rate(): number {
    return this.#rate
  }

  join(number: LineNumber, line: Line, settings: MemberSettings): void {
    line.leaveMix()
    line.unbridge()
    const leave = () => {
      unmix()
      const member = this.#members.get(number)
      if (!member) return
      member.untap()
      this.#members.delete(number)
      this.#listener.left(number)
    }
    const unmix = line.mixedBy(leave)
    const heard = new HeardFrames(this.#rate)
    this.#members.set(number, {
      number,
      line,
      heard,
      untap: line.tap(heard),
      leave,
      settings,
      gain: gainOf(settings.volumeDb),
      frame: new Int16Array(this.#sum.length),
      isAudible: false,
      voiceMs: 0,
      isTalking: false,
    })
  }

  set(number: LineNumber, settings: MemberSettings): void {
    const member = this.#members.get(number)
    if (!member) return
    member.settings = settings
    member.gain = gainOf(settings.volumeDb)
  }

  mute(on: boolean): void {
    this.#isMuted = on
  }

  play(playlist: Playlist): void {
    this.#playlist?.end('replaced')
    this.#playlist = playlist
  }

  onEnd(end: () => void): void {
    this.#ends.add(end)
  }

  close(): void {
    this.#clock.remove(this)
    this.#playlist?.end('closed')
    for (const member of [...this.#members.values()]) member.leave()
    for (const end of this.#ends) end()
  }

  tick(nowMs: number): void {
    this.#retune()
    this.#listen()
    this.#addPlayed()
    for (const member of this.#members.values()) {
      if (!member.settings.isDeaf) this.#speakTo(member, nowMs)
    }
  }

  /** All that is said and played in this tick: what a recording of the mix gets. */
  take(into: Int16Array): boolean {
    for (const [i, sample] of this.#sum.entries()) this.#out[i] = clip(sample)
    if (this.#rate === recordRate) into.set(this.#out)
    else {
      if (this.#recordResampler?.fromRate !== this.#rate) {
        this.#recordResampler = new FrameResampler(this.#rate, recordRate, tickMs)
      }
      into.set(this.#recordResampler.convert(this.#out))
    }
    return true
  }

  /** Members' codecs may change at any time. */
  #retune(): void {
    let rate = narrowRate
    for (const { line } of this.#members.values()) rate = Math.max(rate, line.output.sampleRate)
    if (rate !== this.#rate) this.#tune(rate)
  }

  #tune(rate: number): void {
    const samples = (rate * tickMs) / 1000
    this.#rate = rate
    this.#sum = new Int32Array(samples)
    this.#played = new Int16Array(samples)
    this.#out = new Int16Array(samples)
    for (const member of this.#members.values()) {
      member.untap()
      member.heard = new HeardFrames(rate)
      member.untap = member.line.tap(member.heard)
      member.frame = new Int16Array(samples)
    }
  }

  /** Takes every member's frame and adds what all may hear. */
  #listen(): void {
    this.#sum.fill(0)
    for (const member of this.#members.values()) {
      const hasVoice = member.heard.take(member.frame)
      const isHeard = hasVoice && !member.settings.isMuted && !this.#isMuted
      member.isAudible = isHeard
      this.#noteTalking(member, isHeard && isAudible(member.frame))
      if (!isHeard) continue
      if (member.gain !== 1) scale(member.frame, member.gain)
      if (member.settings.heardBy === undefined) addTo(this.#sum, member.frame)
    }
  }

  #addPlayed(): void {
    const playlist = this.#playlist
    if (!playlist) return
    const isSameRate = playlist.rate === this.#rate
    const frame = isSameRate ? this.#played : new Int16Array((playlist.rate * tickMs) / 1000)
    if (!playlist.read(frame)) this.#playlist = undefined
    else addTo(this.#sum, isSameRate ? frame : this.#resamplePlayed(frame, playlist.rate))
  }

  /** The rate of the mix has changed since the sound was opened. */
  #resamplePlayed(frame: Int16Array, fromRate: number): Int16Array {
    const known = this.#playedResampler
    const isUsable = known?.fromRate === fromRate && known.toRate === this.#rate
    const resampler = isUsable ? known : new FrameResampler(fromRate, this.#rate, tickMs)
    this.#playedResampler = resampler
    return resampler.convert(frame)
  }

  #speakTo(listener: Member, nowMs: number): void {
    const isOwnVoiceInside = listener.isAudible && listener.settings.heardBy === undefined
    const { frame } = listener
    for (let i = 0; i < frame.length; i++) {
      this.#out[i] = clip((this.#sum[i] ?? 0) - (isOwnVoiceInside ? (frame[i] ?? 0) : 0))
    }
    for (const other of this.#members.values()) {
      if (other !== listener && other.isAudible && other.settings.heardBy?.includes(listener.number)) {
        addClipped(this.#out, other.frame)
      }
    }
    listener.line.output.mixed(this.#out, this.#rate, nowMs)
  }

  #noteTalking(member: Member, isVoice: boolean): void {
    member.voiceMs = isVoice ? Math.max(0, member.voiceMs) + tickMs : Math.min(0, member.voiceMs) - tickMs
    const isTalking = member.isTalking ? member.voiceMs > -quietAfterMs : member.voiceMs >= talkingAfterMs
    if (isTalking === member.isTalking) return
    member.isTalking = isTalking
    this.#listener.talking(member.number, isTalking)
  }
}

function gainOf(volumeDb: number): number {
  return volumeDb === 0 ? 1 : 10 ** (Math.max(-40, Math.min(20, volumeDb)) / 20)
}

function clip(sample: number): number {
  return sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample
}

function scale(frame: Int16Array, gain: number): void {
  for (let i = 0; i < frame.length; i++) frame[i] = clip(Math.round((frame[i] ?? 0) * gain))
}

function addTo(sum: Int32Array, frame: Int16Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (frame[i] ?? 0)
}

function addClipped(sum: Int16Array, frame: Int16Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = clip((sum[i] ?? 0) + (frame[i] ?? 0))
}
