/** G.711 by tables: 16 bit linear samples to bytes and back, and one law to the other (ITU-T G.711). */

const bias = 0x84
const loudest = 32635

function decodeUlaw(code: number): number {
  const inverted = ~code & 0xff
  const magnitude = (((inverted & 0x0f) << 3) + bias) << ((inverted >> 4) & 7)
  return inverted & 0x80 ? bias - magnitude : magnitude - bias
}

function encodeUlaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), loudest) + bias
  const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff
}

function decodeAlaw(code: number): number {
  const flipped = code ^ 0x55
  const exponent = (flipped >> 4) & 7
  const mantissa = ((flipped & 0x0f) << 4) + 8
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return flipped & 0x80 ? magnitude : -magnitude
}

function encodeAlaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0
  const magnitude = Math.min(sample >= 0 ? sample : ~sample, loudest)
  const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7)
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f
  return (sign | (exponent << 4) | mantissa) ^ 0x55
}

/** Samples differ by less than the laws can tell within 4, so a quarter of the table is enough. */
const encoderShift = 2

function encoderTable(encode: (sample: number) => number): Uint8Array {
  return Uint8Array.from({ length: 0x10000 >> encoderShift }, (_, index) => encode((index << encoderShift) - 0x8000))
}

export const ulawToLinear = Int16Array.from({ length: 256 }, (_, code) => decodeUlaw(code))
export const alawToLinear = Int16Array.from({ length: 256 }, (_, code) => decodeAlaw(code))
export const linearToUlaw = encoderTable(encodeUlaw)
export const linearToAlaw = encoderTable(encodeAlaw)
export const ulawToAlaw = Uint8Array.from(ulawToLinear, encodeAlaw)
export const alawToUlaw = Uint8Array.from(alawToLinear, encodeUlaw)

/** What stands for silence on the wire. */
export const ulawSilence = 0xff
export const alawSilence = 0xd5

/** Encodes `count` samples. @param table `linearToUlaw` or `linearToAlaw` */
export function encodeG711(table: Uint8Array, samples: Int16Array, count: number, bytes: Buffer, at: number): void {
  for (let i = 0; i < count; i++) bytes[at + i] = table[((samples[i] ?? 0) + 0x8000) >> encoderShift] ?? 0
}

/** Decodes bytes `from` to `to` of a packet and returns how many samples that made. */
export function decodeG711(table: Int16Array, bytes: Buffer, from: number, to: number, samples: Int16Array): number {
  const count = Math.min(to - from, samples.length)
  for (let i = 0; i < count; i++) samples[i] = table[bytes[from + i] ?? 0] ?? 0
  return count
}

/** Changes bytes `from` to `to` from one law into the other in place. */
export function translateG711(table: Uint8Array, bytes: Buffer, from: number, to: number): void {
  for (let i = from; i < to; i++) bytes[i] = table[bytes[i] ?? 0] ?? 0
}
