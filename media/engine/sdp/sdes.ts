import { randomBytes } from 'node:crypto'
import type { MediaDescription } from 'sdp-transform'
import { masterKeyBytes, type SrtpKey, type SrtpSuite, srtpSuites, suiteTraits } from '../rtp/srtp-keys.ts'

/** One `a=crypto` line (RFC 4568 9.1). */
export interface CryptoLine extends SrtpKey {
  readonly tag: number
}

function isSuite(name: string): name is SrtpSuite {
  return srtpSuites.some((suite) => suite === name)
}

/** The lines of a medium that we understand, in the peer's order. */
export function readCryptoLines(media: MediaDescription): CryptoLine[] {
  return (media.crypto ?? []).flatMap(({ id, suite, config, sessionConfig }) => {
    // 6.3: parameters that we do not have (UNENCRYPTED_SRTP, KDR, FEC) and master key indices make a line unusable.
    if (!isSuite(suite) || (sessionConfig !== undefined && sessionConfig.trim() !== '')) return []
    const key = /^inline:([A-Za-z0-9+/=]+)(?:\|(?:2\^\d+|\d+))?$/.exec(config)?.[1]
    if (key === undefined) return []
    const bytes = Buffer.from(key, 'base64').length
    return bytes === masterKeyBytes + suiteTraits[suite].saltBytes ? [{ tag: id, suite, inline: key }] : []
  })
}

export function writeCryptoLine({ tag, suite, inline }: CryptoLine): string {
  return `a=crypto:${tag} ${suite} inline:${inline}`
}

/** A key of ours for each suite, kept through the session so that a re-negotiation does not interrupt the stream. */
export class OwnKeys {
  readonly #keys = new Map<SrtpSuite, string>()

  keyFor(suite: SrtpSuite): SrtpKey {
    const bytes = masterKeyBytes + suiteTraits[suite].saltBytes
    const inline = this.#keys.get(suite) ?? randomBytes(bytes).toString('base64')
    this.#keys.set(suite, inline)
    return { suite, inline }
  }

  offered(): CryptoLine[] {
    return srtpSuites.map((suite, index) => ({ tag: index + 1, ...this.keyFor(suite) }))
  }
}
