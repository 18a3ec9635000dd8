import type { Codec } from '../../codec.ts'
import {
  alawSilence,
  alawToLinear,
  decodeG711,
  encodeG711,
  linearToAlaw,
  linearToUlaw,
  ulawSilence,
  ulawToLinear,
} from './g711.ts'

/** Turns packets of one stream into samples, in order. */
export interface VoiceDecoder {
  /** Samples a second of what it makes. */
  readonly rate: number
  /** Decodes bytes `from` to `to`; returns how many samples that made. */
  decode(packet: Buffer, from: number, to: number, into: Int16Array): number
}

/** Turns samples into packets of one stream, in order. */
export interface VoiceEncoder {
  /** Samples a second of what it takes. */
  readonly rate: number
  /** Encodes `count` samples at `at`; returns how many bytes that made. */
  encode(samples: Int16Array, count: number, packet: Buffer, at: number): number
}

class G711Decoder implements VoiceDecoder {
  readonly rate = 8000
  readonly #table: Int16Array

  constructor(table: Int16Array) {
    this.#table = table
  }

  decode(packet: Buffer, from: number, to: number, into: Int16Array): number {
    return decodeG711(this.#table, packet, from, to, into)
  }
}

class G711Encoder implements VoiceEncoder {
  readonly rate = 8000
  readonly #table: Uint8Array

  constructor(table: Uint8Array) {
    this.#table = table
  }

  encode(samples: Int16Array, count: number, packet: Buffer, at: number): number {
    encodeG711(this.#table, samples, count, packet, at)
    return count
  }
}

/** The rate of the RTP timestamps (RFC 3551: 8,000 for G.722 too). */
export function clockRateOf(codec: Codec): number {
  return codec === 'opus' ? 48000 : 8000
}

/** The rate at which a codec is decoded, mixed and encoded here. */
export function sampleRateOf(codec: Codec): number {
  return codec === 'PCMU' || codec === 'PCMA' ? 8000 : 16000
}

/** The codecs that the engine has, most wanted first. */
export const engineCodecs = ['PCMU', 'PCMA'] as const satisfies readonly Codec[]

export function createDecoder(codec: Codec): VoiceDecoder {
  if (codec === 'PCMU') return new G711Decoder(ulawToLinear)
  if (codec === 'PCMA') return new G711Decoder(alawToLinear)
  throw new Error(`no decoder for ${codec}`)
}

export function createEncoder(codec: Codec): VoiceEncoder {
  if (codec === 'PCMU') return new G711Encoder(linearToUlaw)
  if (codec === 'PCMA') return new G711Encoder(linearToAlaw)
  throw new Error(`no encoder for ${codec}`)
}

/** The byte that is silence, for codecs that have one. */
export function silenceByteOf(codec: Codec): number | undefined {
  if (codec === 'PCMU') return ulawSilence
  return codec === 'PCMA' ? alawSilence : undefined
}
