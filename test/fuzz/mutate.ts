import type { Random } from './random.ts'

/** Bytes that mean something to a SIP parser. */
const telling = Buffer.from('\r\n \t:;,<>"\\/@%?&=[]0\0\xffSIP', 'latin1')

/** A copy of a message with some of its bytes changed, taken out, doubled or moved. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let mutated: Buffer = Buffer.from(bytes)
  for (let count = 1 + random.below(4); count > 0 && mutated.length > 0; count--) {
    const at = random.below(mutated.length)
    const until = Math.min(mutated.length, at + 1 + random.below(random.oneIn(4) ? 64 : 3))
    mutated = random.pick([
      () => replaced(mutated, at, at + 1, Buffer.from([random.pick([...telling])])),
      () => replaced(mutated, at, at, Buffer.from([random.pick([...telling])])),
      () => replaced(mutated, at, until, Buffer.alloc(0)),
      () => replaced(mutated, at, at, mutated.subarray(at, until)),
      () => replaced(mutated, at, at, Buffer.alloc(1 + random.below(300), random.pick([...telling]))),
      () => mutated.subarray(0, at),
      () => replaced(mutated, at, at + 1, Buffer.from([random.below(256)])),
    ])()
  }
  return mutated
}

function replaced(bytes: Buffer, from: number, until: number, by: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(until)])
}
