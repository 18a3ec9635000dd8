import type { SrvRecord } from './dns-client.ts'

/** SRV records in the order to try them: by priority, within one by chance in proportion to weight (RFC 2782). */
export function orderSrv(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const priorities = [...new Set(records.map((record) => record.priority))].sort((a, b) => a - b)
  return priorities.flatMap((priority) => {
    return byWeight(
      records.filter((record) => record.priority === priority),
      random,
    )
  })
}

function byWeight(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  // Those of weight 0 come first in the running sum, so that they have a small chance.
  const left = [...records].sort((a, b) => a.weight - b.weight)
  const ordered: SrvRecord[] = []
  while (left.length > 0) {
    const sum = left.reduce((total, record) => total + record.weight, 0)
    let drawn = Math.floor(random() * (sum + 1))
    const at = left.findIndex((record) => (drawn -= record.weight) <= 0)
    ordered.push(...left.splice(Math.max(at, 0), 1))
  }
  return ordered
}
