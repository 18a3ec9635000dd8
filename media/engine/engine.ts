import type { Clock, Timer } from '../../core/clock.ts'
import type { Logger } from '../../core/logger.ts'
import { TypedEmitter } from '../../core/typed-emitter.ts'
import type { Codec } from '../codec.ts'
import type { Conference, ConferenceOptions } from '../conference.ts'
import type { Endpoint } from '../endpoint.ts'
import { MediaClosed } from '../media-errors.ts'
import type { EndpointOptions, MediaServer, MediaServerEvents } from '../media-server.ts'
import type { MediaStats } from '../media-stats.ts'
import { engineCodecs } from './audio/voice-codec.ts'
import { counter, createCounters } from './counters.ts'
import { EngineConference } from './engine-conference.ts'
import { EngineEndpoint } from './engine-endpoint.ts'
import { BindAddresses } from './local-address.ts'
import type { PortPool } from './port-pool.ts'
import type { Attention, LineNumber, MixNumber } from './protocol.ts'
import type { LocalIce } from './sdp/ice-description.ts'
import { SdpSession } from './sdp/sdp-session.ts'
import { PortTaken, type ThreadEvent, ThreadLink } from './thread-link.ts'

export interface EngineParts {
  /** The address told to a peer, from where its signalling came. */
  readonly addressFor: (peerAddress: string | undefined) => string
  readonly ports: PortPool
  readonly mediaTimeoutMs: number
  readonly clock: Clock
  readonly logger: Logger
}

const keptLatenessSeconds = 60
const youngMs = 1000

/** The built-in media server: one packet thread, and what the main thread has to know about it. */
export class Engine implements MediaServer {
  readonly events = new TypedEmitter<MediaServerEvents>()
  readonly #parts: EngineParts
  readonly #bindAddresses: BindAddresses
  readonly #endpoints = new Map<LineNumber, EngineEndpoint>()
  readonly #conferences = new Map<MixNumber, EngineConference>()
  #link: ThreadLink
  #startedMs = 0
  #restart: Timer | undefined
  #lastNumber = 0
  #latenesses: number[] = []
  /** Of endpoints that have ended. */
  #packets = { received: 0, sent: 0 }
  #closing: Promise<void> | undefined

  constructor(parts: EngineParts) {
    this.#parts = parts
    this.#bindAddresses = new BindAddresses(parts.clock)
    this.#link = this.#startThread()
  }

  async createEndpoint(options: EndpointOptions): Promise<Endpoint> {
    this.#mustBeOpen()
    const address = this.#parts.addressFor(options.peerAddress)
    const line = ++this.#lastNumber
    const link = this.#link
    const { counters, memory } = createCounters()
    const { port, ice } = await this.#openLine(link, { line, address, counters: memory, options })
    const codecs = usableCodecs(options.codecs)
    const sdp = new SdpSession({ profile: options.profile, address, port, codecs, ...(ice ? { ice } : {}) })
    const endpoint = new EngineEndpoint({
      line,
      link,
      sdp,
      counters,
      clock: this.#parts.clock,
      released: () => {
        this.#endpoints.delete(line)
        this.#parts.ports.giveBack(port)
        this.#packets.received += counters[counter.packetsReceived] ?? 0
        this.#packets.sent += counters[counter.packetsSent] ?? 0
      },
    })
    this.#endpoints.set(line, endpoint)
    try {
      if (options.remoteSdp === undefined) await endpoint.offer()
      else await endpoint.accept(options.remoteSdp)
      const attention = attentionOf(options)
      if (attention) await link.ask('listen', { line, attention })
    } catch (error) {
      await endpoint.close()
      throw error
    }
    return endpoint
  }

  async createConference(name: string, options: ConferenceOptions = {}): Promise<Conference> {
    this.#mustBeOpen()
    const mix = ++this.#lastNumber
    const link = this.#link
    const released = () => this.#conferences.delete(mix)
    const conference = new EngineConference({ name, mix, link, options, released })
    this.#conferences.set(mix, conference)
    try {
      await link.ask('open-mix', { mix })
    } catch (error) {
      released()
      throw error
    }
    return conference
  }

  stats(): MediaStats {
    let { received, sent } = this.#packets
    for (const endpoint of this.#endpoints.values()) {
      const { packetsReceived, packetsSent } = endpoint.stats()
      received += packetsReceived
      sent += packetsSent
    }
    return {
      endpoints: this.#endpoints.size,
      conferences: this.#conferences.size,
      portsFree: this.#parts.ports.free,
      packetsReceived: received,
      packetsSent: sent,
      clockLatenessMs: Math.round(Math.max(0, ...this.#latenesses) * 100) / 100,
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Ends the packet thread without telling it, as a crash would. */
  async killThreadForTest(): Promise<void> {
    await this.#link.kill()
  }

  async #close(): Promise<void> {
    this.#restart?.cancel()
    // Closed one by one, so that recordings are finished and peers get their RTCP BYE.
    await Promise.all([...this.#conferences.values()].map((conference) => conference.end('server-closed')))
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.end('server-closed')))
    await this.#link.close()
  }

  #startThread(): ThreadLink {
    this.#startedMs = this.#parts.clock.monotonicMs()
    return new ThreadLink({
      event: (event) => this.#onEvent(event),
      died: (error) => this.#onDeath(error),
    })
  }

  #onEvent(event: ThreadEvent): void {
    switch (event.kind) {
      case 'digit': {
        const { digit, durationMs } = event
        this.#endpoints.get(event.line)?.events.emit('digit', { digit, durationMs })
        break
      }
      case 'tone':
        this.#endpoints.get(event.line)?.events.emit('tone', event.tone)
        break
      case 'silence':
        this.#endpoints.get(event.line)?.events.emit('silence', event.silentMs)
        break
      case 'lost':
        this.#endpoints.get(event.line)?.events.emit('lost', event.withoutPacketsMs)
        break
      case 'unreachable':
        this.#parts.logger.warn({ reason: event.message }, 'a browser could not be reached')
        this.#endpoints.get(event.line)?.events.emit('lost', 0)
        break
      case 'left':
        this.#conferences.get(event.mix)?.lineLeft(event.line)
        break
      case 'talking':
        this.#conferences.get(event.mix)?.lineTalks(event.line, event.isTalking)
        break
      case 'lateness':
        this.#latenesses = [...this.#latenesses, event.worstMs].slice(-keptLatenessSeconds)
        break
      case 'fault':
        this.#parts.logger.error({ fault: event.message }, 'the packet thread caught a fault of its own')
        break
    }
  }

  /** Everything on the thread is gone: say so, then start another. */
  #onDeath(error: Error): void {
    this.#parts.logger.error({ err: error, endpoints: this.#endpoints.size }, 'the packet thread died')
    for (const conference of [...this.#conferences.values()]) void conference.end('engine-died')
    for (const endpoint of [...this.#endpoints.values()]) void endpoint.end('engine-died')
    this.events.emit('died', error)
    // One that dies at once would otherwise be started and die without end.
    const diedYoung = this.#parts.clock.monotonicMs() - this.#startedMs < youngMs
    this.#restart = this.#parts.clock.after(diedYoung ? youngMs : 0, () => {
      this.#link = this.#startThread()
      this.events.emit('recovered')
    })
  }

  async #openLine(
    link: ThreadLink,
    what: { line: LineNumber; address: string; counters: SharedArrayBuffer; options: EndpointOptions },
  ): Promise<{ readonly port: number; readonly ice: LocalIce | undefined }> {
    const { line, address, counters, options } = what
    const { ports, mediaTimeoutMs } = this.#parts
    for (let attempts = ports.free; ; attempts--) {
      const port = ports.take()
      try {
        const ice = await link.ask('open-line', {
          line,
          bindAddress: this.#bindAddresses.for(address),
          port,
          // RFC 8445 6.1.1: who offers controls.
          ice: options.profile === 'webrtc' ? { address, isControlling: options.remoteSdp === undefined } : undefined,
          counters,
          cname: `strowger@${address}`,
          mediaTimeoutMs,
          signallingAddress: options.peerAddress,
        })
        return { port, ice }
      } catch (error) {
        ports.giveBack(port)
        if (!(error instanceof PortTaken) || attempts <= 1) throw error
      }
    }
  }

  #mustBeOpen(): void {
    if (this.#closing) throw new MediaClosed('the media engine was closed')
  }
}

function attentionOf({ listenFor = {} }: EndpointOptions): Attention | undefined {
  const { inBandDigits = false, faxTones = false, silenceMs } = listenFor
  if (!inBandDigits && !faxTones && silenceMs === undefined) return undefined
  return { hasInBandDigits: inBandDigits, hasFaxTones: faxTones, silenceMs }
}

function usableCodecs(wanted: readonly Codec[] | undefined): readonly Codec[] {
  const known: readonly Codec[] = engineCodecs
  return wanted ? wanted.filter((codec) => known.includes(codec)) : known
}
