import { test } from 'tap'
import { FakeClock } from '../../../core/fake-clock.ts'
import type { DeviceId, UserId } from '../../../core/ids.ts'
import { silentLogger } from '../../../core/logger.ts'
import { TypedEmitter } from '../../../core/typed-emitter.ts'
import type { SipAccount } from '../accounts.ts'
import { ha1Of } from '../digest.ts'
import type { SipAnswer } from '../sip-source.ts'
import type { EventPackage } from './event-package.ts'
import type { RefreshRequest, SubscribeRequest } from './subscribe-request.ts'
import type { Notification, SubscriptionDialog } from './subscription-dialog.ts'
import { Subscriptions, type SubscriptionLimits } from './subscriptions.ts'

const domain = 'office.example'

function accountOf(name: string): SipAccount {
  const ha1 = ha1Of(name, domain, 'secret')
  return { deviceId: `dev_${name}` as DeviceId, userId: `usr_${name}` as UserId, username: name, ha1 }
}

/** A weather report that everybody but eve may watch. */
class Weather implements EventPackage {
  readonly name = 'weather'
  readonly contentType = 'text/weather'
  readonly events = new TypedEmitter<{ changed: [key: string] }>()
  state = 'sun'
  isBroken = false

  allowed(watcher: SipAccount): boolean {
    return watcher.username !== 'eve'
  }

  keyOf(watched: { userId: UserId }): string {
    return watched.userId
  }

  async body(_watched: object, { version }: { version: number }): Promise<string> {
    if (this.isBroken) throw new Error('no barometer')
    return `${version} ${this.state}`
  }

  turns(state: string): void {
    this.state = state
    this.events.emit('changed', 'usr_bob')
  }
}

/** The watcher's phone: writes down what it is told. */
class Watcher implements SubscriptionDialog {
  readonly told: string[] = []
  /** What it answers a NOTIFY. */
  status: number | 'silent' | 'unreachable' = 200
  grantedSeconds: number | undefined
  refused: SipAnswer | undefined
  #refresh: (request: RefreshRequest) => void = () => undefined
  #unsubscribed: () => void = () => undefined

  async notify({ state, document }: Notification): Promise<number> {
    this.told.push(document ? `${state} ${document.text}` : state)
    if (this.status === 'silent') return new Promise(() => undefined)
    if (this.status === 'unreachable') throw new Error('no route')
    return this.status
  }

  onRefresh(listener: (request: RefreshRequest) => void): void {
    this.#refresh = listener
  }

  onUnsubscribed(listener: () => void): void {
    this.#unsubscribed = listener
  }

  asks(more: Partial<SubscribeRequest> = {}): SubscribeRequest {
    return {
      account: accountOf('ana'),
      user: 'bob',
      event: 'weather',
      expires: '600',
      refuse: (answer) => (this.refused = answer),
      accept: async (seconds) => {
        this.grantedSeconds = seconds
        return this
      },
      ...more,
    }
  }

  refreshes(expires: string, event = 'weather'): void {
    this.refused = undefined
    this.#refresh({
      event,
      expires,
      refuse: (answer) => (this.refused = answer),
      accept: (seconds) => (this.grantedSeconds = seconds),
    })
  }

  unsubscribes(): void {
    this.#unsubscribed()
  }

  /** What it was told since it was last asked. */
  news(): readonly string[] {
    return this.told.splice(0)
  }
}

function setUp(limits?: SubscriptionLimits) {
  const clock = new FakeClock()
  const weather = new Weather()
  const removed = new Set<string>()
  const subscriptions = new Subscriptions(
    {
      packages: [weather],
      resolve: (user) =>
        user === 'bob' ? { userId: 'usr_bob' as UserId, deviceId: undefined, uri: `sip:bob@${domain}` } : undefined,
      isKnown: (account) => !removed.has(account.username),
      clock,
      log: silentLogger,
    },
    limits,
  )
  return { clock, weather, removed, subscriptions }
}

void test('a watcher is told the state at once, and again when it changes', async (t) => {
  const { clock, weather, subscriptions } = setUp()
  const ana = new Watcher()
  await subscriptions.take(ana.asks())
  await clock.advance(0)
  t.equal(ana.grantedSeconds, 600)
  t.strictSame(ana.news(), ['active;expires=600 0 sun'])
  await clock.advance(5000)
  t.strictSame(ana.news(), [])
  weather.turns('rain')
  await clock.advance(0)
  t.strictSame(ana.news(), ['active;expires=595 1 rain'])
  ana.unsubscribes()
  await clock.advance(0)
  t.strictSame(ana.news(), ['terminated;reason=timeout 2 rain'])
  weather.turns('snow')
  await clock.advance(2000)
  t.strictSame(ana.news(), [])
  t.equal(subscriptions.size, 0)
  t.equal(clock.pending, 0, 'no timer is left')
})

void test('many changes within a second are told by the last one', async (t) => {
  const { clock, weather, subscriptions } = setUp()
  const ana = new Watcher()
  await subscriptions.take(ana.asks())
  await clock.advance(0)
  for (const state of ['rain', 'snow', 'fog']) weather.turns(state)
  await clock.advance(999)
  t.strictSame(ana.news(), ['active;expires=600 0 sun'])
  await clock.advance(1)
  t.strictSame(ana.news(), ['active;expires=599 1 fog'])
  await clock.advance(10_000)
  t.strictSame(ana.news(), [])
  subscriptions.lost()
})

void test('nothing is sent while a NOTIFY is not answered', async (t) => {
  const { clock, weather, subscriptions } = setUp()
  const ana = new Watcher()
  ana.status = 'silent'
  await subscriptions.take(ana.asks())
  await clock.advance(0)
  weather.turns('rain')
  await clock.advance(5000)
  t.equal(ana.news().length, 1)
  subscriptions.lost()
})

void test('a subscription ends by its time, unless it is refreshed', async (t) => {
  const { clock, subscriptions } = setUp()
  const ana = new Watcher()
  await subscriptions.take(ana.asks({ expires: '60' }))
  await clock.advance(50_000)
  ana.news()
  ana.refreshes('9999')
  await clock.advance(0)
  t.equal(ana.grantedSeconds, 3600)
  t.strictSame(ana.news(), ['active;expires=3600 1 sun'])
  ana.refreshes('10')
  t.match(ana.refused, { status: 423 })
  ana.refreshes('600', 'dialog')
  t.match(ana.refused, { status: 489 })
  await clock.advance(3_600_000)
  t.strictSame(ana.news(), ['terminated;reason=timeout 2 sun'])
  t.equal(subscriptions.size, 0)
  t.equal(clock.pending, 0, 'no timer is left')
})

void test('asked with Expires 0, told once', async (t) => {
  const { clock, subscriptions } = setUp()
  const ana = new Watcher()
  await subscriptions.take(ana.asks({ expires: '0' }))
  await clock.advance(0)
  t.strictSame(ana.news(), ['terminated;reason=timeout 0 sun'])
  t.equal(subscriptions.size, 0)
  t.equal(clock.pending, 0, 'no timer is left')
})

void test('what ends a subscription early', async (t) => {
  const cases = [
    ['the phone knows nothing of it', (watcher: Watcher) => (watcher.status = 481), 'terminated;reason=giveup'],
    ['the phone is silent', (watcher: Watcher) => (watcher.status = 408), 'terminated;reason=giveup'],
    ['nothing can be sent', (watcher: Watcher) => (watcher.status = 'unreachable'), 'terminated;reason=giveup'],
    [
      'the account is gone',
      (_watcher: Watcher, removed: Set<string>) => removed.add('ana'),
      'terminated;reason=rejected',
    ],
    [
      'the state cannot be read',
      (_watcher: Watcher, _removed: Set<string>, weather: Weather) => (weather.isBroken = true),
      'terminated;reason=probation;retry-after=30',
    ],
  ] as const
  for (const [name, happens, last] of cases) {
    const { clock, weather, removed, subscriptions } = setUp()
    const ana = new Watcher()
    await subscriptions.take(ana.asks())
    await clock.advance(2000)
    happens(ana, removed, weather)
    weather.turns('rain')
    await clock.advance(2000)
    t.equal(ana.news().at(-1), last, name)
    t.equal(subscriptions.size, 0, name)
  }
})

void test('what is refused', async (t) => {
  const cases: readonly [Partial<SubscribeRequest>, Partial<SipAnswer>][] = [
    [{ event: 'tide' }, { status: 489, headers: [['Allow-Events', 'weather']] }],
    [{ event: '' }, { status: 489 }],
    [{ user: 'nobody' }, { status: 404 }],
    [{ expires: '59' }, { status: 423, headers: [['Min-Expires', '60']] }],
    [{ expires: 'long' }, { status: 400 }],
    [{ account: accountOf('eve') }, { status: 403 }],
  ]
  const { clock, subscriptions } = setUp()
  for (const [asked, answer] of cases) {
    const ana = new Watcher()
    await subscriptions.take(ana.asks(asked))
    t.match(ana.refused, answer, JSON.stringify(asked))
    t.strictSame(ana.told, [])
  }
  t.equal(subscriptions.size, 0)
  t.equal(clock.pending, 0, 'no timer is left')
})

void test('no account, and not all together, hold more than they may', async (t) => {
  const { clock, subscriptions } = setUp({ mostPerAccount: 2, mostInAll: 3 })
  const take = async (name: string) => {
    const watcher = new Watcher()
    await subscriptions.take(watcher.asks({ account: accountOf(name) }))
    return watcher
  }
  const first = await take('ana')
  await take('ana')
  t.match((await take('ana')).refused, { status: 403 })
  await take('carl')
  t.match((await take('dora')).refused, { status: 503, headers: [['Retry-After', '60']] })
  first.unsubscribes()
  await clock.advance(0)
  t.equal((await take('ana')).refused, undefined, 'there is room again')
  const failing = new Watcher()
  subscriptions.lost()
  await t.rejects(subscriptions.take(failing.asks({ accept: () => Promise.reject(new Error('no edge')) })))
  t.equal(subscriptions.size, 0)
  t.equal(clock.pending, 0, 'no timer is left')
})

void test('at the end everybody is told to come back, and nobody is waited for', async (t) => {
  const { clock, subscriptions } = setUp()
  const ana = new Watcher()
  const carl = new Watcher()
  await subscriptions.take(ana.asks())
  await subscriptions.take(carl.asks({ account: accountOf('carl') }))
  await clock.advance(2000)
  ana.news()
  carl.status = 'silent'
  const closed = subscriptions.close()
  await clock.advance(1000)
  await closed
  t.strictSame(ana.news(), ['terminated;reason=probation;retry-after=30'])
  t.equal(subscriptions.size, 0)
  t.equal(clock.pending, 0, 'no timer is left')
})
