import type { Clock } from '../../../core/clock.ts'
import type { Protocol } from '../transport/flow.ts'

/** What a frame tells about a message besides the message itself. */
export interface FrameMeta {
  readonly source: 'network' | 'application'
  /** Bytes of the message on the wire; 0 for an answer that was made here. */
  readonly bytes: number
  /** Empty where drachtio-server leaves it empty. */
  readonly protocol: Protocol | '' | 'unknown'
  readonly address: string
  readonly port: number
}

/** `source|length|protocol|address|port|time` */
export function metaFields(meta: FrameMeta, clock: Clock): string {
  const { source, bytes, protocol, address, port } = meta
  return `${source}|${bytes}|${protocol}|${address}|${port}|${timeOfDay(clock)}`
}

/** `HH:MM:SS.` and six digits, UTC. The last three come from the monotonic clock: they only order what is close together. */
export function timeOfDay(clock: Clock): string {
  const iso = new Date(clock.now()).toISOString()
  const micros = Math.floor((clock.monotonicMs() % 1) * 1000)
  return `${iso.slice(11, 23)}${String(micros).padStart(3, '0')}`
}
