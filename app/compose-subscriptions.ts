import type { DialPlan } from '../calls/dial-plan.ts'
import type { LiveCalls } from '../calls/live-calls.ts'
import { UserDialogs } from '../calls/user-dialogs.ts'
import type { Clock } from '../core/clock.ts'
import type { Logger } from '../core/logger.ts'
import type { SipAccount, Accounts } from '../sip/agent/accounts.ts'
import type { LocationTable } from '../sip/agent/location-table.ts'
import type { SipAgent } from '../sip/agent/sip-agent.ts'
import type { Watched } from '../sip/agent/subscriptions/event-package.ts'
import { Subscriptions } from '../sip/agent/subscriptions/subscriptions.ts'
import type { Database } from '../store/database.ts'
import { dialogPackage } from './event-packages/dialog.ts'
import { mailboxCode, messageSummaryPackage } from './event-packages/message-summary.ts'
import { registrationPackage } from './event-packages/registration.ts'

export interface SubscriptionSources {
  readonly agent: SipAgent
  readonly accounts: Accounts
  readonly plan: DialPlan
  readonly liveCalls: LiveCalls
  readonly locations: LocationTable
  readonly database: Database
  readonly domain: string
  readonly clock: Clock
  readonly log: Logger
}

/** Message lamps, busy lamps and what else phones watch. */
export function composeSubscriptions(sources: SubscriptionSources): Subscriptions {
  const { agent, accounts, plan, liveCalls, locations, database, domain, clock, log } = sources
  const subscriptions = new Subscriptions({
    packages: [
      messageSummaryPackage(database, domain),
      dialogPackage(new UserDialogs(liveCalls.events)),
      registrationPackage(locations, clock),
    ],
    resolve: (user, watcher) => watchedBy(user, watcher, plan, domain),
    isKnown: (account) => accounts.find(account.username)?.deviceId === account.deviceId,
    clock,
    log,
  })
  agent.onSubscribe(subscriptions)
  agent.events.on('disconnected', () => subscriptions.lost())
  return subscriptions
}

/** A phone names a number, its own account, or what it dials to hear messages. */
function watchedBy(user: string, watcher: SipAccount, plan: DialPlan, domain: string): Watched | undefined {
  if (user === watcher.username) {
    return { userId: watcher.userId, deviceId: watcher.deviceId, uri: `sip:${user}@${domain}` }
  }
  const person = user === mailboxCode ? plan.userOf(watcher.userId) : plan.snapshot().usersByExtension.get(user)
  return person && { userId: person.id, deviceId: undefined, uri: `sip:${person.extension}@${domain}` }
}
