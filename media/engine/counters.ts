/**
 * What a line counts, in memory that both threads see: the packet thread writes, the other reads without asking. One number each.
 */
export const counter = {
  packetsReceived: 0,
  bytesReceived: 1,
  packetsSent: 2,
  bytesSent: 3,
  packetsLost: 4,
  packetsLostByPeer: 5,
  jitterMs: 6,
  /** -1 while unknown. */
  roundTripMs: 7,
  packetsFromStrangers: 8,
  packetsMalformed: 9,
} as const

export type Counters = Float64Array

const counterCount = Object.keys(counter).length

export function createCounters(): { readonly counters: Counters; readonly memory: SharedArrayBuffer } {
  const memory = new SharedArrayBuffer(counterCount * Float64Array.BYTES_PER_ELEMENT)
  const counters = new Float64Array(memory)
  counters[counter.roundTripMs] = -1
  return { counters, memory }
}

export function addTo(counters: Counters, index: number, amount: number): void {
  counters[index] = (counters[index] ?? 0) + amount
}
