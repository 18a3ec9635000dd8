import type { Test } from 'tap'
import { systemClock } from '../../../../core/clock.ts'
import { silentLogger } from '../../../../core/logger.ts'
import { startEdge, type Edge, type EdgeOptions } from '../../../../sip/edge/edge.ts'
import type { Protocol } from '../../../../sip/edge/transport/flow.ts'
import { testIdentity } from '../../../../sip/edge/transport/testing/test-identity.ts'
import { ControlClient } from './control-client.ts'

/** The SIP server that the suite is run against. */
export interface EdgeUnderTest {
  readonly host: string
  readonly udpPort: number
  readonly tcpPort: number
  portOf(protocol: Protocol): number
  readonly control: { readonly host: string; readonly port: number; readonly secret: string }
  /** How long it waits for an answer, an ACK or a PRACK (64*T1). */
  readonly patienceMs: number
  /** T1. */
  readonly t1Ms: number
  /** Undefined when it is a real drachtio-server. */
  readonly builtIn: Edge | undefined
}

/** Every transport there is. */
const allTransports = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const

/** Short, so that the tests that wait for the end of patience are; every other test ends long before. */
const t1Ms = 100
const patienceMs = 64 * 25

/**
 * A server of the test's own; or, with STROWGER_TEST_DRACHTIO=host:port:secret, the drachtio-server there. Then run the files
 * one after the other.
 */
export async function edgeUnderTest(t: Test, options: Partial<EdgeOptions> = {}): Promise<EdgeUnderTest> {
  const real = process.env['STROWGER_TEST_DRACHTIO']
  if (real !== undefined && real !== '') return realServer(t, real)
  const secret = 'a secret'
  const edge = await startEdge({
    listen: allTransports.map((protocol) => ({ protocol, host: '127.0.0.1', port: 0 })),
    tls: testIdentity('server'),
    control: { host: '127.0.0.1', port: 0, secret },
    clock: systemClock,
    logger: silentLogger,
    timers: { t1: t1Ms, t2: 400, t4: 500, patience: patienceMs, d: patienceMs },
    ...options,
  })
  t.teardown(() => edge.close())
  const portOf = (protocol: string) => edge.points.find((point) => point.protocol === protocol)?.port ?? 0
  return {
    host: '127.0.0.1',
    udpPort: portOf('udp'),
    tcpPort: portOf('tcp'),
    portOf,
    control: { ...edge.control, secret },
    patienceMs,
    t1Ms,
    builtIn: edge,
  }
}

async function realServer(t: Test, where: string): Promise<EdgeUnderTest> {
  const [host = '', port = '', secret = ''] = where.split(':')
  const control = { host, port: Number(port), secret }
  const client = await ControlClient.open(t, control)
  const { fields } = await client.ask(`authenticate|${secret}`)
  client.close()
  const portOf = (protocol: string) => Number(new RegExp(`${protocol}/[^,:]+:(\\d+)`).exec(fields[1] ?? '')?.[1])
  return {
    host,
    udpPort: portOf('udp'),
    tcpPort: portOf('tcp'),
    portOf,
    control,
    patienceMs: 32_000,
    t1Ms: 500,
    builtIn: undefined,
  }
}
