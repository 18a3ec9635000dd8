import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import { rtpHeaderBytes, RtpReader } from './rtp-packet.ts'
import { deriveKeys, type SessionKeys, type SrtpKey, type SuiteTraits, suiteTraits } from './srtp-keys.ts'

const rtcpHeaderBytes = 8
const indexBytes = 4
const encryptedFlag = 0x80000000
const replayWindow = 128

/** RFC 3711 3.3.2: each packet index once, and none too old. */
class ReplayList {
  readonly #seen = new Float64Array(replayWindow).fill(-1)
  #highest = -1

  isNew(index: number): boolean {
    return index > this.#highest - replayWindow && this.#seen[index % replayWindow] !== index
  }

  note(index: number): void {
    this.#seen[index % replayWindow] = index
    this.#highest = Math.max(this.#highest, index)
  }
}

interface Source {
  /** Roll-over counter: how often the sequence number has started again. */
  rollOvers: number
  highest: number
  readonly replays: ReplayList
}

/** What one direction of a stream is protected with (RFC 3711, RFC 7714). One object protects or unprotects, not both. */
export class Srtp {
  readonly #traits: SuiteTraits
  readonly #rtp: SessionKeys
  readonly #rtcp: SessionKeys
  readonly #sources = new Map<number, Source>()
  readonly #rtcpReplays = new ReplayList()
  readonly #reader = new RtpReader()
  #rtcpIndex = 0

  constructor(key: SrtpKey) {
    this.#traits = suiteTraits[key.suite]
    this.#rtp = deriveKeys(key, 'rtp')
    this.#rtcp = deriveKeys(key, 'rtcp')
  }

  /** The protected form of bytes `from` to `to`, which have a header without sources and extension. */
  protect(packet: Buffer, from: number, to: number): Buffer {
    const header = packet.subarray(from, from + rtpHeaderBytes)
    const payload = packet.subarray(from + rtpHeaderBytes, to)
    const ssrc = header.readUInt32BE(8)
    const index = this.#noteSent(ssrc, header.readUInt16BE(2))
    if (this.#traits.isAead) return this.#seal(this.#rtp, rtpIv(ssrc, index), header, payload)
    const encrypted = crypt(this.#rtp, counterIv(ssrc, index), payload)
    return Buffer.concat([header, encrypted, this.#tag(this.#rtp, [header, encrypted, rollOverBytes(index)], false)])
  }

  /** The plain packet; undefined when it is forged, replayed or no RTP. */
  unprotect(packet: Buffer): Buffer | undefined {
    const { tagBytes, isAead } = this.#traits
    const end = packet.length - tagBytes
    if (end < rtpHeaderBytes || !this.#reader.read(packet)) return undefined
    const { ssrc, sequence } = this.#reader
    const start = headerEnd(packet)
    if (start > end) return undefined
    const source = this.#source(ssrc, sequence)
    const index = guessIndex(source, sequence)
    if (!source.replays.isNew(index)) return undefined
    const header = packet.subarray(0, start)
    const payload = packet.subarray(start, end)
    const tag = packet.subarray(end)
    const plain = isAead
      ? open(this.#rtp, rtpIv(ssrc, index), header, payload, tag)
      : timingSafeEqual(tag, this.#tag(this.#rtp, [packet.subarray(0, end), rollOverBytes(index)], false))
        ? crypt(this.#rtp, counterIv(ssrc, index), payload)
        : undefined
    if (!plain) return undefined
    // Only a packet that is genuine may move the roll-over counter.
    source.replays.note(index)
    this.#sources.set(ssrc, source)
    if (index > source.rollOvers * 0x10000 + source.highest) advance(source, index)
    return Buffer.concat([header, plain])
  }

  protectRtcp(packet: Buffer): Buffer {
    this.#rtcpIndex = (this.#rtcpIndex + 1) & 0x7fffffff
    const ssrc = packet.readUInt32BE(4)
    const header = packet.subarray(0, rtcpHeaderBytes)
    const trailer = Buffer.alloc(indexBytes)
    trailer.writeUInt32BE((encryptedFlag | this.#rtcpIndex) >>> 0, 0)
    const body = packet.subarray(rtcpHeaderBytes)
    if (this.#traits.isAead) {
      const aad = Buffer.concat([header, trailer])
      const sealed = this.#seal(this.#rtcp, rtpIv(ssrc, this.#rtcpIndex), aad, body)
      return Buffer.concat([header, sealed.subarray(aad.length), trailer])
    }
    const encrypted = crypt(this.#rtcp, counterIv(ssrc, this.#rtcpIndex), body)
    return Buffer.concat([header, encrypted, trailer, this.#tag(this.#rtcp, [header, encrypted, trailer], true)])
  }

  unprotectRtcp(packet: Buffer): Buffer | undefined {
    const { rtcpTagBytes, isAead } = this.#traits
    if (packet.length < rtcpHeaderBytes + indexBytes + rtcpTagBytes) return undefined
    const trailerAt = isAead ? packet.length - indexBytes : packet.length - rtcpTagBytes - indexBytes
    const trailer = packet.subarray(trailerAt, trailerAt + indexBytes)
    const word = trailer.readUInt32BE(0)
    const index = word & 0x7fffffff
    if (word >>> 31 === 0 || !this.#rtcpReplays.isNew(index)) return undefined
    const header = packet.subarray(0, rtcpHeaderBytes)
    const ssrc = packet.readUInt32BE(4)
    const plain = isAead
      ? open(
          this.#rtcp,
          rtpIv(ssrc, index),
          Buffer.concat([header, trailer]),
          ...bodyAndTag(packet, trailerAt, rtcpTagBytes),
        )
      : timingSafeEqual(
            packet.subarray(trailerAt + indexBytes),
            this.#tag(this.#rtcp, [packet.subarray(0, trailerAt + indexBytes)], true),
          )
        ? crypt(this.#rtcp, counterIv(ssrc, index), packet.subarray(rtcpHeaderBytes, trailerAt))
        : undefined
    if (!plain) return undefined
    this.#rtcpReplays.note(index)
    return Buffer.concat([header, plain])
  }

  #source(ssrc: number, sequence: number): Source {
    const known = this.#sources.get(ssrc)
    if (known) return known
    return { rollOvers: 0, highest: sequence, replays: new ReplayList() }
  }

  #noteSent(ssrc: number, sequence: number): number {
    const source = this.#source(ssrc, sequence)
    const index = guessIndex(source, sequence)
    this.#sources.set(ssrc, source)
    if (index > source.rollOvers * 0x10000 + source.highest) advance(source, index)
    return index
  }

  #tag(keys: SessionKeys, parts: readonly Buffer[], isRtcp: boolean): Buffer {
    const hmac = createHmac('sha1', keys.auth)
    for (const part of parts) hmac.update(part)
    return hmac.digest().subarray(0, isRtcp ? this.#traits.rtcpTagBytes : this.#traits.tagBytes)
  }

  #seal(keys: SessionKeys, iv: Buffer, header: Buffer, payload: Buffer): Buffer {
    const cipher = createCipheriv('aes-128-gcm', keys.cipher, xored(iv, keys.salt))
    cipher.setAAD(header)
    return Buffer.concat([header, cipher.update(payload), cipher.final(), cipher.getAuthTag()])
  }
}

function advance(source: Source, index: number): void {
  source.rollOvers = Math.floor(index / 0x10000)
  source.highest = index % 0x10000
}

/** RFC 3711 3.3.1: the index whose roll-over counter brings it nearest to the newest. */
function guessIndex({ rollOvers, highest }: Source, sequence: number): number {
  const half = 0x8000
  let counter = rollOvers
  if (highest < half) {
    if (sequence - highest > half && rollOvers > 0) counter--
  } else if (highest - half > sequence) counter++
  return counter * 0x10000 + sequence
}

/** Where the encrypted part starts: after sources and extension. */
function headerEnd(packet: Buffer): number {
  const first = packet[0] ?? 0
  const sourcesEnd = rtpHeaderBytes + (first & 0x0f) * 4
  return first & 0x10 ? sourcesEnd + 4 + packet.readUInt16BE(sourcesEnd + 2) * 4 : sourcesEnd
}

function rollOverBytes(index: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(Math.floor(index / 0x10000) >>> 0, 0)
  return bytes
}

/** RFC 3711 4.1.1: SSRC and index in their places, still without the salt. */
function counterIv(ssrc: number, index: number): Buffer {
  const iv = Buffer.alloc(16)
  iv.writeUInt32BE(ssrc, 4)
  iv.writeUIntBE(index, 8, 6)
  return iv
}

/** RFC 7714 8.1, 9.1. */
function rtpIv(ssrc: number, index: number): Buffer {
  const iv = Buffer.alloc(12)
  iv.writeUInt32BE(ssrc, 2)
  iv.writeUIntBE(index, 6, 6)
  return iv
}

function xored(iv: Buffer, salt: Buffer): Buffer {
  for (const [i, byte] of salt.entries()) iv[i] = (iv[i] ?? 0) ^ byte
  return iv
}

/** Counter mode: the same to encrypt and to decrypt. */
function crypt(keys: SessionKeys, iv: Buffer, payload: Buffer): Buffer {
  return createCipheriv('aes-128-ctr', keys.cipher, xored(iv, keys.salt)).update(payload)
}

function open(keys: SessionKeys, iv: Buffer, header: Buffer, payload: Buffer, tag: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-128-gcm', keys.cipher, xored(iv, keys.salt))
  decipher.setAAD(header)
  decipher.setAuthTag(tag)
  const plain = decipher.update(payload)
  try {
    decipher.final()
    return plain
  } catch {
    return undefined
  }
}

function bodyAndTag(packet: Buffer, trailerAt: number, tagBytes: number): [body: Buffer, tag: Buffer] {
  return [packet.subarray(rtcpHeaderBytes, trailerAt - tagBytes), packet.subarray(trailerAt - tagBytes, trailerAt)]
}
