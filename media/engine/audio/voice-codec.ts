import type { Codec } from '../../codec.ts'
import { alawToLinear, decodeG711, encodeG711, linearToAlaw, linearToUlaw, ulawToLinear } from './g711.ts'
import { G722Decoder, G722Encoder } from './g722.ts'
import { OpusDecoder, OpusEncoder } from './opus.ts'

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
export const engineCodecs = ['PCMU', 'PCMA', 'G722', 'opus'] as const satisfies readonly Codec[]

export function createDecoder(codec: Codec): VoiceDecoder {
  switch (codec) {
    case 'PCMU':
      return new G711Decoder(ulawToLinear)
    case 'PCMA':
      return new G711Decoder(alawToLinear)
    case 'G722':
      return new G722Decoder()
    case 'opus':
      return new OpusDecoder()
  }
}

export function createEncoder(codec: Codec): VoiceEncoder {
  switch (codec) {
    case 'PCMU':
      return new G711Encoder(linearToUlaw)
    case 'PCMA':
      return new G711Encoder(linearToAlaw)
    case 'G722':
      return new G722Encoder()
    case 'opus':
      return new OpusEncoder()
  }
}
