import type { Clock, Timer } from '../../../core/clock.ts'
import { TypedEmitter } from '../../../core/typed-emitter.ts'
import type { AllowList } from './allow-list.ts'
import { ProvenAddresses } from './proven-addresses.ts'
import { networkOf } from './source-network.ts'

/** What speaks against an address. */
export type Offence = 'wrong-password' | 'wrong-user' | 'malformed' | 'scanner'

export interface Ban {
  /** An IPv4 address, or the first address of a banned IPv6 /64 network. */
  readonly address: string
  /** The offence that was the last straw. */
  readonly because: Offence
  /** 1 for the first ban of this address, 2 for the next, … */
  readonly times: number
  /** UTC milliseconds, as `untilMs`. */
  readonly sinceMs: number
  readonly untilMs: number
}

export type BanEvents = {
  banned: [ban: Ban]
  released: [ban: Ban, because: 'time' | 'hand' | 'room']
}

export interface BanListOptions {
  readonly clock: Clock
  readonly allowed: AllowList
}

/** An unknown user is a guess; a wrong password may be an old one, and no SIP may be a phone with a fault. */
const weights = { 'wrong-password': 1, 'wrong-user': 2, malformed: 0.5, scanner: 5 } as const satisfies Record<
  Offence,
  number
>
/** So much weight within the window is too much. */
const tooMuch = 10
const windowMs = 60_000
/** One phone with an old password must not lock out the office around it, whose other phones know theirs. */
const provenAllowance = 5
const firstBanMs = 5 * 60_000
const longestBanMs = 24 * 3_600_000
/** For so long after a ban the next one is twice as long. */
const memoryMs = 24 * 3_600_000
/** Networks remembered at once, banned or suspect, so that made-up addresses fill no memory. */
const mostRemembered = 10_000
/** A ban may last so much longer than announced. */
const sweepMs = 5_000

interface Mark {
  readonly atMs: number
  readonly weight: number
}

interface Standing extends Omit<Ban, 'untilMs'> {
  /** On the monotonic clock. */
  readonly endsAtMs: number
}

/** Counts what addresses do wrong, bans those that do too much of it for a time that doubles, and lets them out again. */
export class BanList {
  readonly events = new TypedEmitter<BanEvents>()
  readonly #clock: Clock
  readonly #allowed: AllowList
  readonly #proven: ProvenAddresses
  readonly #marks = new Map<string, readonly Mark[]>()
  readonly #standing = new Map<string, Standing>()
  readonly #earlier = new Map<string, { readonly times: number; readonly forgetAtMs: number }>()
  readonly #counts = new Map<Offence, number>()
  /** Runs while somebody is banned. */
  #sweeping: Timer | undefined

  constructor({ clock, allowed }: BanListOptions) {
    this.#clock = clock
    this.#allowed = allowed
    this.#proven = new ProvenAddresses(clock)
  }

  /** How many are banned now. */
  get size(): number {
    return this.#standing.size
  }

  /** Bans so far, by what they were for. */
  get counts(): ReadonlyMap<Offence, number> {
    return this.#counts
  }

  isBanned(address: string): boolean {
    return this.#standing.size > 0 && this.#standing.has(networkOf(address))
  }

  /** Whether somebody has authenticated from there in the last hour or two. */
  isProven(address: string): boolean {
    return this.#proven.has(networkOf(address))
  }

  /** Somebody at the address has shown that he knows a password. */
  proved(address: string): void {
    this.#proven.add(networkOf(address))
  }

  offended(address: string, offence: Offence): void {
    const network = networkOf(address)
    if (this.#standing.has(network) || this.#allowed.has(address)) return
    const nowMs = this.#clock.monotonicMs()
    const recent = (this.#marks.get(network) ?? []).filter(({ atMs }) => nowMs - atMs < windowMs)
    const marks = [...recent, { atMs: nowMs, weight: weights[offence] }]
    const weight = marks.reduce((sum, mark) => sum + mark.weight, 0)
    if (weight >= tooMuch * (this.#proven.has(network) ? provenAllowance : 1)) this.#ban(network, offence)
    else putLast(this.#marks, network, marks)
  }

  /** Who is banned, in the order of the bans. */
  list(): readonly Ban[] {
    return [...this.#standing.values()].map((standing) => this.#shown(standing))
  }

  /** Lets an address out as if it had never offended; undefined when it is not banned. */
  release(address: string): Ban | undefined {
    const network = networkOf(address)
    const standing = this.#standing.get(network)
    if (!standing) return undefined
    this.#earlier.delete(network)
    return this.#end(standing, 'hand')
  }

  close(): void {
    this.#sweeping?.cancel()
  }

  #ban(address: string, because: Offence): void {
    const nowMs = this.#clock.monotonicMs()
    const earlier = this.#earlier.get(address)
    const times = earlier && nowMs < earlier.forgetAtMs ? earlier.times + 1 : 1
    const endsAtMs = nowMs + Math.min(firstBanMs * 2 ** (times - 1), longestBanMs)
    const standing = { address, because, times, sinceMs: this.#clock.now(), endsAtMs }
    const [first] = this.#standing.values()
    if (first && this.#standing.size >= mostRemembered) this.#end(first, 'room')
    this.#marks.delete(address)
    this.#standing.set(address, standing)
    this.#sweeping ??= this.#clock.every(sweepMs, () => this.#sweep())
    putLast(this.#earlier, address, { times, forgetAtMs: endsAtMs + memoryMs })
    this.#counts.set(because, (this.#counts.get(because) ?? 0) + 1)
    this.events.emit('banned', this.#shown(standing))
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonicMs()
    for (const standing of this.#standing.values()) if (standing.endsAtMs <= nowMs) this.#end(standing, 'time')
    if (this.#standing.size > 0) return
    this.#sweeping?.cancel()
    this.#sweeping = undefined
  }

  #end(standing: Standing, because: 'time' | 'hand' | 'room'): Ban {
    this.#standing.delete(standing.address)
    const ban = this.#shown(standing)
    this.events.emit('released', ban, because)
    return ban
  }

  #shown({ endsAtMs, ...ban }: Standing): Ban {
    return { ...ban, untilMs: this.#clock.now() + Math.round(endsAtMs - this.#clock.monotonicMs()) }
  }
}

/** Sets an entry behind all others; when there are too many, the ones that were quiet for longest go. */
function putLast<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= mostRemembered) return
  for (const old of [...map.keys()].slice(0, mostRemembered / 4)) map.delete(old)
}
