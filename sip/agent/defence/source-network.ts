/**
 * What counts as one sender: an IPv4 address, or the /64 network of an IPv6 address, written as its first address,
 * because a host there has as many addresses as it likes.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  if (address.startsWith('::ffff:') && address.includes('.')) return address.slice(7)
  return `${quickPrefix(address) ?? fullPrefix(address)}::`
}

/** The first four groups as they stand, when none of them is left out. */
function quickPrefix(address: string): string | undefined {
  let at = -1
  for (let group = 0; group < 4; group++) {
    const next = address.indexOf(':', at + 1)
    if (next <= at + 1) return undefined
    at = next
  }
  return address.slice(0, at)
}

function fullPrefix(address: string): string {
  const [head = '', tail = ''] = address.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const [before, after] = [groups(head), groups(tail)]
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}
