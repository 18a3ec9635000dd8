import { ensureFirstAdministrator } from '../admin-api/first-administrator.ts'
import { startHttp } from '../admin-api/start-http.ts'
import { CallRecorder } from '../calls/call-recorder.ts'
import { DialPlan } from '../calls/dial-plan.ts'
import { LiveCalls } from '../calls/live-calls.ts'
import { takeCall } from '../calls/take-call.ts'
import type { Config } from '../config/config.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import { Disposer } from '../core/disposer.ts'
import { StartupError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { startEngine } from '../media/engine/start-engine.ts'
import type { MediaServer } from '../media/media-server.ts'
import { Accounts } from '../sip/agent/accounts.ts'
import { Authenticator } from '../sip/agent/authenticator.ts'
import { Defence } from '../sip/agent/defence/defence.ts'
import { LocationTable } from '../sip/agent/location-table.ts'
import { RefusalLog } from '../sip/agent/refusal-log.ts'
import { Registrar, registrarDefaults } from '../sip/agent/registrar.ts'
import { SipAgent } from '../sip/agent/sip-agent.ts'
import { SipTrace } from '../sip/agent/sip-trace.ts'
import { CallWriter } from '../store/call-writer.ts'
import { openDatabase, type Database } from '../store/database.ts'
import { RegistrationWriter } from '../store/registration-writer.ts'
import { loadOrCreateKey } from '../store/secret-key.ts'
import { VoicemailService } from '../voicemail/voicemail-service.ts'
import { bindingStore } from './binding-store.ts'
import { composeSubscriptions } from './compose-subscriptions.ts'
import { connectEdge, type ConnectedEdge } from './connect-edge.ts'
import { ChangeFollower } from './follow-changes.ts'
import { healthOf } from './health.ts'
import { startHousekeeping } from './housekeeping.ts'
import { localAddresses } from './local-address.ts'
import { createMetrics } from './metrics.ts'
import { version } from './version.ts'

/** A running exchange. */
export interface Exchange extends AsyncDisposable {
  readonly httpPort: number
  readonly httpHost: string
  readonly edge: ConnectedEdge
  /** Set at the first run only, when the password was not configured. */
  readonly firstAdministrator: { readonly login: string; readonly password: string } | undefined
  /** Ends calls, tells nobody new to come, writes what is left to write. */
  close(): Promise<void>
}

export interface ExchangeParts {
  /** What ring times run on. */
  readonly callClock?: Clock
}

const sweepMs = 5000

/**
 * Builds the whole program: the one place that knows every folder.
 * @throws StartupError
 */
export async function composeExchange(config: Config, log: Logger, parts: ExchangeParts = {}): Promise<Exchange> {
  const disposer = new Disposer()
  try {
    return await build(config, log, parts.callClock ?? systemClock, disposer)
  } catch (thrown) {
    await disposer.close()
    throw thrown
  }
}

async function build(config: Config, log: Logger, callClock: Clock, disposer: Disposer): Promise<Exchange> {
  const clock = systemClock
  const database = disposer.use(await openStore(config, log, clock))
  const first = await ensureFirstAdministrator(database, clock, config.admin.password)
  const media = disposer.use(await startMedia(config, log, clock))

  const accounts = new Accounts(config.sip.realm)
  const locations = new LocationTable()
  const plan = new DialPlan(database)
  const follower = disposer.use(new ChangeFollower(database, { accounts, plan, locations }, log))
  await follower.start()

  const writer = disposer.use(new RegistrationWriter({ registrations: database.registrations, clock, logger: log }))
  await database.registrations.removeExpired(clock.now())
  locations.load(await database.registrations.listAll())
  const sweeper = clock.every(sweepMs, () => {
    for (const binding of locations.sweep(clock.now())) void writer.remove(binding)
  })
  disposer.defer(() => sweeper.cancel())

  const authenticator = new Authenticator(accounts, { algorithms: ['MD5'], nonceLifetimeMs: 300_000, clock })
  const defence = disposer.use(startDefence(config, log, clock))
  // Another program's SIP edge would not heed the bans.
  const bans = config.sip.edge === 'embedded' ? defence.bans : undefined
  const refusals = new RefusalLog(clock, log, bans)
  const registrar = new Registrar(
    { authenticator, locations, store: bindingStore(writer), refusals, bans, clock, log },
    { ...registrarDefaults, maxContacts: config.limits.contactsPerDevice },
  )
  const agent = new SipAgent({ authenticator, registrar, refusals, clock, log })
  const trace = new SipTrace()

  const voicemail = new VoicemailService({
    rows: database.voicemails,
    dataDir: config.dataDir,
    maxSeconds: config.limits.voicemailSeconds,
    clock,
    log,
  })
  const history = new CallWriter({ transaction: (work) => database.transaction(work), calls: database.calls, clock })
  const recorder = new CallRecorder({ history, trace, clock, log })
  const liveCalls = new LiveCalls({ media, clock, log }, recorder)
  await recoverFromCrash(database, voicemail, log, clock)

  const ring = { agent, media, locations, clock: callClock, log, domain: config.sip.domain }
  const limits = { mostCalls: config.limits.calls, mostCallsPerUser: 20 }
  agent.onInvite((leg, account) => takeCall(leg, account, { plan, liveCalls, limits, ring, mailboxes: voicemail, log }))
  const { domain } = config.sip
  const subscriptions = composeSubscriptions({
    agent,
    accounts,
    plan,
    liveCalls,
    locations,
    database,
    domain,
    clock,
    log,
  })
  const edge = disposer.use(await connectEdge(config, { agent, registrar, trace, defence, clock, log }))
  disposer.use(subscriptions)
  disposer.defer(() => {
    agent.drain()
    return liveCalls.endAll()
  })

  disposer.defer(startHousekeeping(database, clock, log))
  const metrics = createMetrics({ liveCalls, locations, refusals, defence, media, edgeStats: edge.stats })
  const http = disposer.use(
    await startHttp(
      {
        database,
        clock,
        logger: log,
        dataDir: config.dataDir,
        version,
        sip: { domain: config.sip.domain, servers: () => edge.servers },
        liveCalls: { list: () => liveCalls.list(), hangUp: async (id) => liveCalls.hangUp(id) },
        registrations: { list: () => [...locations.all(clock.now())] },
        bans: defence.bans,
        health: healthOf({ database, agent, media }),
        metricsText: () => metrics.metrics(),
        changesFollowed: () => follower.followed(),
      },
      { host: config.http.host ?? '0.0.0.0', port: config.http.port },
    ),
  )
  return {
    httpPort: http.port,
    httpHost: http.host,
    edge,
    firstAdministrator: first?.isGenerated ? first : undefined,
    close: () => disposer.close(),
    [Symbol.asyncDispose]: () => disposer.close(),
  }
}

async function openStore(config: Config, logger: Logger, clock: Clock): Promise<Database> {
  const { dataDir } = config
  const key = await loadOrCreateKey(dataDir)
  return openDatabase({ url: config.database.url, dataDir, key, clock, logger })
}

function startDefence({ sip, limits }: Config, log: Logger, clock: Clock): Defence {
  return new Defence({ allow: sip.allow, messagesPerSecond: limits.sipMessagesPerSecond, clock, log })
}

function startMedia(config: Config, logger: Logger, clock: Clock): Promise<MediaServer> {
  if (config.media.server === 'freeswitch') {
    throw new StartupError('media.server: freeswitch is not part of this release; use embedded')
  }
  const { address, ports } = config.media
  return startEngine({ address: address ?? localAddresses(clock), ports, logger })
}

/** What an earlier run could not finish is given an honest end. */
async function recoverFromCrash(
  database: Database,
  voicemail: VoicemailService,
  log: Logger,
  clock: Clock,
): Promise<void> {
  const calls = await database.calls.closeInterrupted(clock.now())
  const messages = await voicemail.recover()
  if (calls > 0 || messages > 0) log.warn({ calls, messages }, 'the exchange had stopped in the middle of its work')
}
