import { isIP } from 'node:net'
import type { ListenPoint } from './listen-point.ts'

/** From and to, both included. */
export interface PortRange {
  readonly from: number
  readonly to: number
}

/** A drachtio-server's or FreeSWITCH's control port. */
export interface ControlTarget {
  readonly host: string
  readonly port: number
  readonly secret: string
}

const largestPort = 65_535

/** Reads a port number, 0 included; undefined when it is none. */
export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : largestPort + 1
  return port <= largestPort ? port : undefined
}

/** Reads `udp:0.0.0.0:5060` or `tcp:[::]:5060`. */
export function parseListenPoint(text: string): ListenPoint | undefined {
  const found = /^(udp|tcp|tls):(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:[\]]+)):(?<port>\d+)$/i.exec(text.trim())
  const port = parsePort(found?.groups?.['port'] ?? '')
  const host = found?.groups?.['v6'] ?? found?.groups?.['v4'] ?? ''
  const isAddress = found?.groups?.['v6'] === undefined ? isIP(host) === 4 : isIP(host) === 6
  if (!found || port === undefined || !isAddress) return undefined
  return { protocol: found[1]?.toLowerCase() as ListenPoint['protocol'], host, port }
}

/** Reads `16384-32767`. */
export function parsePortRange(text: string): PortRange | undefined {
  const [from, to] = text.split('-').map((part) => parsePort(part.trim()))
  return text.split('-').length === 2 && from !== undefined && to !== undefined ? { from, to } : undefined
}

/** Reads `host:port:secret`; the host of an IPv6 address stands in brackets, the secret may hold colons. */
export function parseControlTarget(text: string): ControlTarget | undefined {
  const found = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:[\]]+)):(?<port>\d+):(?<secret>.+)$/.exec(text.trim())
  const port = parsePort(found?.groups?.['port'] ?? '')
  const host = found?.groups?.['v6'] ?? found?.groups?.['name']
  const secret = found?.groups?.['secret']
  return host && port && secret ? { host, port, secret } : undefined
}

/** Splits a list in an environment variable at its commas. */
export function splitItems(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** An address, or a network like `192.0.2.0/24`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  const isPlain = family !== 0 && !address.includes('%') && more.length === 0
  if (!isPlain || bits === undefined) return isPlain
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

/** A host name (RFC 1123) or an address. */
export function isHost(text: string): boolean {
  if (isIP(text) !== 0) return true
  const isName =
    text.length <= 253 && text.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label))
  return isName && !/^[\d.]+$/.test(text)
}
