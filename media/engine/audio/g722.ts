/** G.722 at 64 kbit/s (ITU-T G.722): 16 kHz sound in two sub-bands, each coded by adaptive differences. Names follow the Recommendation. */

/** 3.1: the quadrature mirror filter. */
const qmf = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11] as const
/** Table 14: decision levels of the low band. */
const q6 = [
  0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339,
  1458, 1612, 1765, 1980, 2195, 2557, 2919,
] as const
/** Table 17: output levels of the low band for its 6 and its 4 most significant bits, of the high band for its 2. */
const qm6 = [
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
  -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24808,
  21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008,
  3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
] as const
const qm4 = [
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
] as const
const qm2 = [-7408, -1616, 7408, 1616] as const
/** Table 18: how a code changes the logarithmic scale. */
const wl = [-60, -30, 58, 172, 334, 538, 1198, 3042] as const
const rl42 = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0] as const
const wh = [0, -214, 798] as const
const rh2 = [2, 1, 2, 1] as const
/** Table 20: the inverse logarithm. */
const ilb = Int32Array.from({ length: 32 }, (_, i) => Math.floor(2048 * 2 ** (i / 32) + 0.5))

function saturate(value: number): number {
  return value > 32767 ? 32767 : value < -32768 ? -32768 : value
}

/** One sub-band's predictor and scale (3.5, 3.6). */
class Band {
  s = 0
  det: number
  #nb = 0
  #sz = 0
  readonly #r = new Int32Array(3)
  readonly #p = new Int32Array(3)
  readonly #a = new Int32Array(3)
  readonly #d = new Int32Array(7)
  readonly #b = new Int32Array(7)

  constructor(det: number) {
    this.det = det
  }

  /** Adapts the scale: LOGSCL and SCALEL, or their high-band twins. */
  scale(change: number, highest: number, shiftBase: number): void {
    this.#nb = Math.max(0, Math.min(highest, ((this.#nb * 127) >> 7) + change))
    const mantissa = ilb[(this.#nb >> 6) & 31] as number
    const shift = shiftBase - (this.#nb >> 11)
    this.det = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2
  }

  /** BLOCK 4: takes the quantised difference, adapts the predictor and predicts the next sample. */
  predict(difference: number): void {
    this.#d[0] = difference
    this.#r[0] = saturate(this.s + difference)
    this.#p[0] = saturate(this.#sz + difference)
    this.#adaptPoles()
    this.#adaptZeros(difference)
    this.#shift()
    this.#filter()
  }

  /** UPPOL1, UPPOL2. */
  #adaptPoles(): void {
    const [p, a] = [this.#p, this.#a]
    const [sign0, sign1, sign2] = [at(p, 0) >> 15, at(p, 1) >> 15, at(p, 2) >> 15]
    const first = saturate(at(a, 1) << 2)
    const turned = sign0 === sign1 ? Math.min(32767, -first) : first
    const second = (turned >> 7) + (sign0 === sign2 ? 128 : -128) + ((at(a, 2) * 32512) >> 15)
    a[2] = Math.max(-12288, Math.min(12288, second))
    const raw = saturate((sign0 === sign1 ? 192 : -192) + ((at(a, 1) * 32640) >> 15))
    const limit = saturate(15360 - at(a, 2))
    a[1] = Math.max(-limit, Math.min(limit, raw))
  }

  /** UPZERO. */
  #adaptZeros(difference: number): void {
    const [d, b] = [this.#d, this.#b]
    const step = difference === 0 ? 0 : 128
    const sign = difference >> 15
    for (let i = 1; i < 7; i++) b[i] = saturate((at(d, i) >> 15 === sign ? step : -step) + ((at(b, i) * 32640) >> 15))
  }

  /** DELAYA. */
  #shift(): void {
    for (let i = 6; i > 0; i--) this.#d[i] = at(this.#d, i - 1)
    for (let i = 2; i > 0; i--) {
      this.#r[i] = at(this.#r, i - 1)
      this.#p[i] = at(this.#p, i - 1)
    }
  }

  /** FILTEP, FILTEZ, PREDIC. */
  #filter(): void {
    const one = (at(this.#a, 1) * saturate(2 * at(this.#r, 1))) >> 15
    const two = (at(this.#a, 2) * saturate(2 * at(this.#r, 2))) >> 15
    let zeros = 0
    for (let i = 6; i > 0; i--) zeros += (at(this.#b, i) * saturate(2 * at(this.#d, i))) >> 15
    this.#sz = saturate(zeros)
    this.s = saturate(saturate(one + two) + this.#sz)
  }
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number
}

function adaptLow(band: Band, code4: number): void {
  const difference = (band.det * at(qm4, code4)) >> 15
  band.scale(at(wl, at(rl42, code4)), 18432, 8)
  band.predict(difference)
}

function adaptHigh(band: Band, code2: number): void {
  const difference = (band.det * at(qm2, code2)) >> 15
  band.scale(at(wh, at(rh2, code2)), 22528, 10)
  band.predict(difference)
}

/** Makes one byte of every two samples at 16 kHz. */
export class G722Encoder {
  readonly rate = 16000
  readonly #low = new Band(32)
  readonly #high = new Band(8)
  readonly #x = new Int32Array(24)

  encode(samples: Int16Array, count: number, packet: Buffer, start: number): number {
    const bytes = count >> 1
    for (let i = 0; i < bytes; i++) packet[start + i] = this.#encodePair(at(samples, i * 2), at(samples, i * 2 + 1))
    return bytes
  }

  #encodePair(first: number, second: number): number {
    const x = this.#x
    x.copyWithin(0, 2)
    x[22] = first
    x[23] = second
    let [odd, even] = [0, 0]
    for (let i = 0; i < 12; i++) {
      odd += at(x, 2 * i) * at(qmf, i)
      even += at(x, 2 * i + 1) * at(qmf, 11 - i)
    }
    const low = this.#encodeLow((even + odd) >> 14)
    return (this.#encodeHigh((even - odd) >> 14) << 6) | low
  }

  /** QUANTL. */
  #encodeLow(sample: number): number {
    const band = this.#low
    const error = saturate(sample - band.s)
    const magnitude = error >= 0 ? error : ~error
    let level = 1
    while (level < 30 && magnitude >= (at(q6, level) * band.det) >> 12) level++
    // Table 15: the codes of the two loudest negative levels stand apart.
    const code = error >= 0 ? 62 - level : level <= 2 ? 64 - level : 34 - level
    adaptLow(band, code >> 2)
    return code
  }

  /** QUANTH. */
  #encodeHigh(sample: number): number {
    const band = this.#high
    const error = saturate(sample - band.s)
    const magnitude = error >= 0 ? error : ~error
    const isLoud = magnitude >= (564 * band.det) >> 12
    const code = error >= 0 ? (isLoud ? 2 : 3) : isLoud ? 0 : 1
    adaptHigh(band, code)
    return code
  }
}

/** Makes two samples at 16 kHz of every byte. */
export class G722Decoder {
  readonly rate = 16000
  readonly #low = new Band(32)
  readonly #high = new Band(8)
  readonly #x = new Int32Array(24)

  decode(packet: Buffer, from: number, to: number, into: Int16Array): number {
    const bytes = Math.min(to - from, into.length >> 1)
    for (let i = 0; i < bytes; i++) this.#decodeByte(packet[from + i] ?? 0, into, i * 2)
    return bytes * 2
  }

  #decodeByte(code: number, into: Int16Array, index: number): void {
    const code6 = code & 0x3f
    const low = limit15(this.#low.s + ((this.#low.det * at(qm6, code6)) >> 15))
    adaptLow(this.#low, code6 >> 2)
    const code2 = code >> 6
    const high = limit15(this.#high.s + ((this.#high.det * at(qm2, code2)) >> 15))
    adaptHigh(this.#high, code2)
    const x = this.#x
    x.copyWithin(0, 2)
    x[22] = low + high
    x[23] = low - high
    let [even, odd] = [0, 0]
    for (let i = 0; i < 12; i++) {
      odd += at(x, 2 * i) * at(qmf, i)
      even += at(x, 2 * i + 1) * at(qmf, 11 - i)
    }
    into[index] = saturate(even >> 11)
    into[index + 1] = saturate(odd >> 11)
  }
}

/** LIMIT. */
function limit15(value: number): number {
  return value > 16383 ? 16383 : value < -16384 ? -16384 : value
}
