import { type Clock, systemClock } from '../../core/clock.ts'
import { type Logger, silentLogger } from '../../core/logger.ts'
import type { MediaServer } from '../media-server.ts'
import { Engine } from './engine.ts'
import { PortPool } from './port-pool.ts'

export interface EngineOptions {
  /** The address that SDP names: one for all, or chosen by where the peer's signalling comes from. */
  readonly address: string | ((peerAddress: string | undefined) => string)
  /** UDP ports for RTP and RTCP, both ends included: two for each endpoint. */
  readonly ports: { readonly from: number; readonly to: number }
  /** How long a peer that should send may be quiet before its endpoint says `lost`. Default 20,000. */
  readonly mediaTimeoutMs?: number
  readonly clock?: Clock
  readonly logger?: Logger
}

const defaultMediaTimeoutMs = 20_000

/** Starts the built-in media server: an RTP engine on a thread of its own. */
export async function startEngine(options: EngineOptions): Promise<MediaServer> {
  const { address } = options
  return new Engine({
    addressFor: typeof address === 'string' ? () => address : address,
    ports: new PortPool(options.ports),
    mediaTimeoutMs: options.mediaTimeoutMs ?? defaultMediaTimeoutMs,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
  })
}
