import { createCipheriv } from 'node:crypto'

/** Protection suites by their SDP names (RFC 4568 6.2, RFC 7714 14.2), most wanted first. */
export const srtpSuites = ['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const

export type SrtpSuite = (typeof srtpSuites)[number]

export interface SuiteTraits {
  readonly saltBytes: number
  readonly tagBytes: number
  /** RFC 4568 6.2.2: control packets keep the long tag. */
  readonly rtcpTagBytes: number
  readonly isAead: boolean
}

export const masterKeyBytes = 16

export const suiteTraits: Readonly<Record<SrtpSuite, SuiteTraits>> = {
  AEAD_AES_128_GCM: { saltBytes: 12, tagBytes: 16, rtcpTagBytes: 16, isAead: true },
  AES_CM_128_HMAC_SHA1_80: { saltBytes: 14, tagBytes: 10, rtcpTagBytes: 10, isAead: false },
  AES_CM_128_HMAC_SHA1_32: { saltBytes: 14, tagBytes: 4, rtcpTagBytes: 10, isAead: false },
}

/** Master key and salt of one direction, as SDP carries them: base64 of both in a row. */
export interface SrtpKey {
  readonly suite: SrtpSuite
  readonly inline: string
}

export interface SessionKeys {
  readonly cipher: Buffer
  readonly auth: Buffer
  readonly salt: Buffer
}

const authKeyBytes = 20
/** RFC 3711 4.3.2: cipher, authentication, salt; 3 more for RTCP. */
const rtcpLabels = 3

export function bytesOfKey({ suite, inline }: SrtpKey): Buffer {
  return Buffer.from(inline, 'base64').subarray(0, masterKeyBytes + suiteTraits[suite].saltBytes)
}

/** Derives the session keys (RFC 3711 4.3, key derivation rate 0). */
export function deriveKeys(key: SrtpKey, purpose: 'rtp' | 'rtcp'): SessionKeys {
  const bytes = bytesOfKey(key)
  const master = bytes.subarray(0, masterKeyBytes)
  const salt = bytes.subarray(masterKeyBytes)
  const { saltBytes } = suiteTraits[key.suite]
  const first = purpose === 'rtp' ? 0 : rtcpLabels
  return {
    cipher: derive(master, salt, first, masterKeyBytes),
    auth: derive(master, salt, first + 1, authKeyBytes),
    salt: derive(master, salt, first + 2, saltBytes),
  }
}

function derive(master: Buffer, salt: Buffer, label: number, bytes: number): Buffer {
  const counter = Buffer.alloc(16)
  salt.copy(counter, 0)
  counter[7] = (counter[7] ?? 0) ^ label
  return createCipheriv('aes-128-ctr', master, counter).update(Buffer.alloc(bytes))
}
