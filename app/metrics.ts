import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { LiveCalls } from '../calls/live-calls.ts'
import type { MediaServer } from '../media/media-server.ts'
import type { Defence } from '../sip/agent/defence/defence.ts'
import type { LocationTable } from '../sip/agent/location-table.ts'
import type { RefusalLog } from '../sip/agent/refusal-log.ts'
import type { EdgeStats } from '../sip/edge/edge-stats.ts'

export interface MetricsSources {
  readonly liveCalls: LiveCalls
  readonly locations: LocationTable
  readonly refusals: RefusalLog
  readonly defence: Defence
  readonly media: MediaServer
  /** Absent when another program is the SIP edge. */
  readonly edgeStats: (() => EdgeStats) | undefined
}

/** Everything Prometheus may ask for; values are read when it asks, so that counting costs calls nothing. */
export function createMetrics(sources: MetricsSources): Registry {
  const registry = new Registry()
  // The event loop's delay is sampled by waking it up: ten times a second is enough.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 })
  addCallMetrics(registry, sources)
  addDefenceMetrics(registry, sources.defence)
  addMediaMetrics(registry, sources.media)
  if (sources.edgeStats) addEdgeMetrics(registry, sources.edgeStats)
  return registry
}

/** A counter whose value lives elsewhere, with one label. */
function labelled(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  read: () => Iterable<readonly [value: string, count: number]>,
): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset()
      for (const [value, count] of read()) this.inc({ [label]: value }, count)
    },
  })
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}

function counter(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}

function addCallMetrics(registry: Registry, { liveCalls, locations, refusals }: MetricsSources): void {
  gauge(registry, 'strowger_calls_live', 'Calls that run now', () => liveCalls.size)
  labelled(registry, 'strowger_calls_total', 'Calls ended, by outcome', 'outcome', () => liveCalls.endedByOutcome)
  gauge(registry, 'strowger_registrations', 'Contacts registered now', () => locations.size)
  labelled(
    registry,
    'strowger_sip_authentication_refused_total',
    'SIP requests that were challenged, by why',
    'reason',
    () => refusals.counts,
  )
}

function addDefenceMetrics(registry: Registry, defence: Defence): void {
  const { bans } = defence
  gauge(registry, 'strowger_sip_bans', 'Addresses banned now', () => bans.size)
  labelled(registry, 'strowger_sip_bans_total', 'Addresses banned, by why', 'reason', () => bans.counts)
  labelled(
    registry,
    'strowger_sip_dropped_total',
    'Datagrams, connections and requests dropped unanswered, by why',
    'reason',
    () => Object.entries(defence.dropped),
  )
}

function addMediaMetrics(registry: Registry, media: MediaServer): void {
  gauge(registry, 'strowger_media_endpoints', 'RTP endpoints open now', () => media.stats().endpoints)
  gauge(registry, 'strowger_media_ports_free', 'Media ports not in use', () => media.stats().portsFree)
  counter(
    registry,
    'strowger_media_packets_received_total',
    'RTP packets received',
    () => media.stats().packetsReceived,
  )
  counter(registry, 'strowger_media_packets_sent_total', 'RTP packets sent', () => media.stats().packetsSent)
  gauge(
    registry,
    'strowger_media_clock_lateness_seconds',
    'Greatest lateness of the packet clock in the last minute',
    () => media.stats().clockLatenessMs / 1000,
  )
}

function addEdgeMetrics(registry: Registry, read: () => EdgeStats): void {
  const transport = () => read().transport
  labelled(registry, 'strowger_sip_messages_received_total', 'SIP messages received, by transport', 'transport', () =>
    Object.entries(transport().received),
  )
  labelled(registry, 'strowger_sip_messages_sent_total', 'SIP messages sent, by transport', 'transport', () =>
    Object.entries(transport().sent),
  )
  labelled(registry, 'strowger_sip_malformed_total', 'SIP messages that could not be taken, by fault', 'fault', () =>
    Object.entries(transport().malformed),
  )
  gauge(registry, 'strowger_sip_connections', 'SIP connections open now', () => transport().connections.open)
  counter(
    registry,
    'strowger_sip_connections_refused_total',
    'SIP connections refused over a limit',
    () => transport().connections.refused,
  )
}
