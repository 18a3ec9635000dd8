import type { z } from 'zod'
import type { configSchema } from './config-schema.ts'
import type { ListenPoint } from './listen-point.ts'
import type { ControlTarget, PortRange } from './parse-values.ts'

type Parsed = z.infer<typeof configSchema>

export type LogLevel = Parsed['log']['level']

/** The configuration, checked and complete. */
export interface Config {
  /** Absolute. */
  readonly dataDir: string
  readonly http: {
    readonly port: number
    /** Undefined: all addresses. */
    readonly host: string | undefined
  }
  readonly https: { readonly port: number }
  readonly database: { readonly url: string }
  readonly sip: {
    readonly domain: string
    readonly realm: string
    readonly edge: 'embedded' | 'drachtio'
    readonly drachtio: readonly ControlTarget[]
    readonly listen: readonly ListenPoint[]
    /** Addresses and networks that nothing is held against. */
    readonly allow: readonly string[]
    readonly control: {
      readonly host: string
      readonly port: number
      readonly secret: string | undefined
    }
  }
  readonly media: {
    readonly server: 'embedded' | 'freeswitch'
    readonly freeswitch: readonly ControlTarget[]
    /** Undefined: the address towards the peer. */
    readonly address: string | undefined
    readonly ports: PortRange
  }
  readonly admin: {
    /** Undefined: to be generated at the first run. */
    readonly password: string | undefined
  }
  readonly log: { readonly level: LogLevel }
  readonly limits: Readonly<Parsed['limits']>
}
