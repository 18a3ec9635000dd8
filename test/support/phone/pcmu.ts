const bias = 0x84
const clip = 32635

function encodeSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(Math.abs(sample), clip) + bias
  const exponent = Math.max(0, Math.floor(Math.log2(magnitude)) - 7)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~(sign | (exponent << 4) | mantissa) & 0xff
}

function decodeSample(byte: number): number {
  const inverted = ~byte & 0xff
  const exponent = (inverted >> 4) & 0x07
  const magnitude = ((((inverted & 0x0f) << 3) + bias) << exponent) - bias
  return inverted & 0x80 ? -magnitude : magnitude
}

const decoded = Int16Array.from({ length: 256 }, (_, byte) => decodeSample(byte))

/** 16-bit samples to G.711 mu-law, a byte each. */
export function encodePcmu(samples: Int16Array): Buffer {
  return Buffer.from(Array.from(samples, encodeSample))
}

/** G.711 mu-law to 16-bit samples. */
export function decodePcmu(bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, (byte) => decoded[byte] ?? 0)
}

/** The mu-law byte for silence. */
export const pcmuSilence = 0xff
