import type { Clock } from '../../../core/clock.ts'
import type { DeviceId } from '../../../core/ids.ts'
import type { Logger } from '../../../core/logger.ts'
import type { SipAccount } from '../accounts.ts'
import type { SipAnswer } from '../sip-source.ts'
import { agreedExpiry, subscriptionExpiry } from './agreed-expiry.ts'
import { eventPackageOf } from './event-header.ts'
import type { EventPackage, Watched } from './event-package.ts'
import type { RefreshRequest, SubscribeRequest, SubscriptionTaker } from './subscribe-request.ts'
import { Subscription } from './subscription.ts'

export interface SubscriptionsDeps {
  readonly packages: readonly EventPackage[]
  /** Whom the user part of a Request-URI means to this watcher. */
  readonly resolve: (user: string, watcher: SipAccount) => Watched | undefined
  /** Whether the account is still one of the exchange. */
  readonly isKnown: (account: SipAccount) => boolean
  readonly clock: Clock
  readonly log: Logger
}

export interface SubscriptionLimits {
  /** Enough for a phone with several expansion modules. */
  readonly mostPerAccount: number
  readonly mostInAll: number
}

export const subscriptionLimits: SubscriptionLimits = { mostPerAccount: 250, mostInAll: 20_000 }

/** How long the end of the program waits for watchers that do not answer. */
const farewellMs = 1000

interface Admitted {
  readonly eventPackage: EventPackage
  readonly watched: Watched
  readonly seconds: number
}

/** The notifier of RFC 6665: who watches what, in memory; phones subscribe again by themselves. */
export class Subscriptions implements SubscriptionTaker {
  readonly #deps: SubscriptionsDeps
  readonly #limits: SubscriptionLimits
  readonly #packages: ReadonlyMap<string, EventPackage>
  readonly #watchers = new Map<string, Set<Subscription>>()
  readonly #countOf = new Map<DeviceId, number>()
  readonly #offs: readonly (() => void)[]
  #count = 0

  constructor(deps: SubscriptionsDeps, limits: SubscriptionLimits = subscriptionLimits) {
    this.#deps = deps
    this.#limits = limits
    this.#packages = new Map(deps.packages.map((each) => [each.name, each]))
    this.#offs = deps.packages.map((each) => each.events.on('changed', (key) => this.#changed(each, key)))
  }

  get eventNames(): readonly string[] {
    return [...this.#packages.keys()]
  }

  /** Subscriptions there are now. */
  get size(): number {
    return this.#count
  }

  async take(request: SubscribeRequest): Promise<void> {
    const admitted = this.#admit(request)
    if ('status' in admitted) {
      request.refuse(admitted)
      return
    }
    const release = this.#reserve(request.account)
    try {
      await this.#begin(request, admitted, release)
    } catch (thrown) {
      release()
      throw thrown
    }
  }

  /** The edge, and with it every dialog, is gone. */
  lost(): void {
    for (const subscription of this.#all()) subscription.drop()
  }

  /** Tells every watcher to come back later. */
  async close(): Promise<void> {
    for (const off of this.#offs) off()
    const farewells = this.#all().map((subscription) => subscription.end('probation'))
    if (farewells.length === 0) return
    const enough = new AbortController()
    const patience = this.#deps.clock.sleep(farewellMs, enough.signal).catch(() => undefined)
    await Promise.race([Promise.all(farewells), patience])
    enough.abort()
  }

  #admit(request: SubscribeRequest): Admitted | SipAnswer {
    const eventPackage = this.#packages.get(eventPackageOf(request.event))
    if (!eventPackage) return this.#badEvent()
    const expiry = secondsOrRefusal(request.expires)
    if (typeof expiry !== 'number') return expiry
    const watched = this.#deps.resolve(request.user, request.account)
    if (!watched) return { status: 404, headers: [] }
    if (!eventPackage.allowed(request.account, watched)) return { status: 403, headers: [] }
    if ((this.#countOf.get(request.account.deviceId) ?? 0) >= this.#limits.mostPerAccount) {
      return { status: 403, reason: 'Too Many Subscriptions', headers: [] }
    }
    if (this.#count >= this.#limits.mostInAll) return { status: 503, headers: [['Retry-After', '60']] }
    return { eventPackage, watched, seconds: expiry }
  }

  async #begin(request: SubscribeRequest, admitted: Admitted, release: () => void): Promise<void> {
    const { eventPackage, watched, seconds } = admitted
    const { account } = request
    const { clock, log, isKnown } = this.#deps
    const dialog = await request.accept(seconds)
    const place = `${eventPackage.name} ${eventPackage.keyOf(watched)}`
    const subscription = new Subscription({
      eventPackage,
      watcher: account,
      watched,
      dialog,
      clock,
      log,
      isAllowed: () => isKnown(account) && eventPackage.allowed(account, watched),
      onEnd: () => {
        this.#leave(place, subscription)
        release()
      },
    })
    this.#join(place, subscription)
    dialog.onRefresh((refresh) => this.#refresh(refresh, eventPackage, subscription))
    dialog.onUnsubscribed(() => void subscription.end('timeout'))
    // RFC 6665 4.4.3: asked once, told once.
    if (seconds === 0) void subscription.end('timeout')
    else subscription.renew(seconds)
  }

  #refresh(request: RefreshRequest, eventPackage: EventPackage, subscription: Subscription): void {
    if (eventPackageOf(request.event) !== eventPackage.name) return request.refuse(this.#badEvent())
    const seconds = secondsOrRefusal(request.expires)
    if (typeof seconds !== 'number') return request.refuse(seconds)
    request.accept(seconds)
    subscription.renew(seconds)
  }

  #changed({ name }: EventPackage, key: string): void {
    for (const subscription of this.#watchers.get(`${name} ${key}`) ?? []) subscription.changed()
  }

  #badEvent(): SipAnswer {
    return { status: 489, headers: [['Allow-Events', this.eventNames.join(', ')]] }
  }

  #all(): readonly Subscription[] {
    return [...this.#watchers.values()].flatMap((watchers) => [...watchers])
  }

  #join(place: string, subscription: Subscription): void {
    const watchers = this.#watchers.get(place) ?? new Set()
    this.#watchers.set(place, watchers.add(subscription))
  }

  #leave(place: string, subscription: Subscription): void {
    const watchers = this.#watchers.get(place)
    watchers?.delete(subscription)
    if (watchers?.size === 0) this.#watchers.delete(place)
  }

  /** Counts one more; the function given back takes it off again, once. */
  #reserve({ deviceId }: SipAccount): () => void {
    this.#count++
    this.#countOf.set(deviceId, (this.#countOf.get(deviceId) ?? 0) + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#count--
      const left = (this.#countOf.get(deviceId) ?? 1) - 1
      if (left > 0) this.#countOf.set(deviceId, left)
      else this.#countOf.delete(deviceId)
    }
  }
}

function secondsOrRefusal(expires: string | undefined): number | SipAnswer {
  const agreed = agreedExpiry(expires)
  switch (agreed.kind) {
    case 'agreed':
      return agreed.seconds
    case 'too-brief':
      return { status: 423, headers: [['Min-Expires', String(subscriptionExpiry.min)]] }
    case 'malformed':
      return { status: 400, reason: 'Bad Expires', headers: [] }
  }
}
