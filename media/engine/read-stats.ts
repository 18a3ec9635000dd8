import type { Codec } from '../codec.ts'
import type { RtpStats } from '../media-stats.ts'
import { counter, type Counters } from './counters.ts'
import { estimateMos } from './rtp/estimate-mos.ts'

/** What the packet thread has counted, as a snapshot. */
export function readStats(counters: Counters, codec: Codec | undefined): RtpStats {
  const read = (name: keyof typeof counter): number => counters[counter[name]] ?? 0
  const packetsReceived = read('packetsReceived')
  const packetsLost = read('packetsLost')
  const jitterMs = Math.round(read('jitterMs') * 100) / 100
  const tripMs = read('roundTripMs')
  const roundTripMs = tripMs < 0 ? undefined : Math.round(tripMs * 100) / 100
  const lossRatio = packetsLost / Math.max(1, packetsReceived + packetsLost)
  return {
    codec,
    packetsReceived,
    bytesReceived: read('bytesReceived'),
    packetsSent: read('packetsSent'),
    bytesSent: read('bytesSent'),
    packetsLost,
    packetsLostByPeer: read('packetsLostByPeer'),
    jitterMs,
    roundTripMs,
    mos: packetsReceived === 0 ? undefined : estimateMos({ lossRatio, jitterMs, roundTripMs: roundTripMs ?? 0 }),
    packetsFromStrangers: read('packetsFromStrangers'),
    packetsMalformed: read('packetsMalformed'),
  }
}
