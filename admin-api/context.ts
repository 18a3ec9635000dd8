import type { Clock } from '../core/clock.ts'
import type { Logger } from '../core/logger.ts'
import type { Database } from '../store/database.ts'
import type { Health, LiveBans, LiveCalls, LiveRegistrations, SipService } from './live-parts.ts'

/** What the API works with; built once by whoever composes the program. */
export interface AdminApiContext {
  readonly database: Database
  readonly clock: Clock
  readonly logger: Logger
  /** Absolute: where recordings lie. */
  readonly dataDir: string
  /** The release, as the OpenAPI document names it. */
  readonly version: string
  readonly sip: SipService
  readonly liveCalls: LiveCalls
  readonly registrations: LiveRegistrations
  readonly bans: LiveBans
  readonly health: Health
  /** Prometheus text format. */
  readonly metricsText: () => Promise<string>
  /** The bearer token of the shell on this machine, see `local-key.ts`. */
  readonly localKey: string
  /** Addresses or networks of reverse proxies whose X-Forwarded headers are believed; none unless told. */
  readonly trustedProxies?: readonly string[] | undefined
  /** Resolves when the running parts know every change that is in the database by now. */
  readonly changesFollowed?: (() => Promise<void>) | undefined
  /** Whether each answer is held against its schema: on in tests. */
  readonly validatesAnswers?: boolean | undefined
}
