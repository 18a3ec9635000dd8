import type { Clock } from '../../core/clock.ts'
import { asError } from '../../core/errors.ts'
import type { Logger } from '../../core/logger.ts'
import type { SipAccount } from './accounts.ts'
import type { Authenticator } from './authenticator.ts'
import type { Binding, BindingStore } from './binding.ts'
import { isSamePlace, type LocationTable } from './location-table.ts'
import { readRegistration, type RequestedContact } from './read-registration.ts'
import type { RefusalLog } from './refusal-log.ts'
import type { RequestView, SipAnswer, SipSource } from './sip-source.ts'
import { uriEquals } from '../edge/message/uri-equals.ts'

export interface RegistrarOptions {
  readonly minExpiresSeconds: number
  readonly maxExpiresSeconds: number
  readonly defaultExpiresSeconds: number
  /** How many contacts one device may have at once. */
  readonly maxContacts: number
}

export interface RegistrarDeps {
  readonly authenticator: Authenticator
  readonly locations: LocationTable
  readonly store: BindingStore
  readonly refusals: RefusalLog
  /** Hears from where somebody signed in. */
  readonly bans?: { proved(address: string): void } | undefined
  readonly clock: Clock
  readonly log: Logger
}

export const registrarDefaults: RegistrarOptions = {
  minExpiresSeconds: 60,
  maxExpiresSeconds: 7200,
  defaultExpiresSeconds: 3600,
  maxContacts: 10,
}

/** What one REGISTER changes, decided before anything is touched: a REGISTER takes effect whole or not at all. */
interface Change {
  readonly puts: readonly { readonly binding: Binding; readonly earlier: Binding | undefined }[]
  readonly removals: readonly Binding[]
}

/** The registrar of RFC 3261 10.3: answers REGISTER, whichever way it came in. */
export class Registrar {
  readonly #deps: RegistrarDeps
  readonly #options: RegistrarOptions

  constructor(deps: RegistrarDeps, options: RegistrarOptions = registrarDefaults) {
    this.#deps = deps
    this.#options = options
  }

  /** A refresh is answered at once; what is new is answered when it is on disk, so that a crash loses nothing promised. */
  handle(request: RequestView, source: SipSource): SipAnswer | Promise<SipAnswer> {
    // RFC 3261 10.3 step 2: nothing but path (RFC 3327) is understood here.
    const unsupported = request.values('require').filter((tag) => tag.toLowerCase() !== 'path')
    if (unsupported.length > 0) return { status: 420, headers: [['Unsupported', unsupported.join(', ')]] }
    const result = this.#deps.authenticator.authenticate(request)
    if (result.kind === 'challenge') {
      this.#deps.refusals.note(result.because, request.method, source)
      return result.answer
    }
    this.#deps.bans?.proved(source.address)
    return this.#registered(request, source, result.account)
  }

  #registered(request: RequestView, source: SipSource, account: SipAccount): SipAnswer | Promise<SipAnswer> {
    const registration = readRegistration(request)
    switch (registration.kind) {
      case 'malformed':
        return { status: 400, reason: registration.reason, headers: [] }
      case 'query':
        return this.#accepted(account)
      case 'remove-all':
        return this.#apply(account, { puts: [], removals: this.#bindingsOf(account) })
      case 'contacts': {
        // RFC 3261 10.3 step 5: the address-of-record has to be the account's own.
        if (registration.user !== account.username) return { status: 403, headers: [] }
        const { callId, cseq } = registration
        const change = this.#plan(account, registration.contacts, { request, source, callId, cseq })
        return 'status' in change ? change : this.#apply(account, change)
      }
    }
  }

  #plan(
    account: SipAccount,
    contacts: readonly RequestedContact[],
    from: { request: RequestView; source: SipSource; callId: string; cseq: number },
  ): Change | SipAnswer {
    const known = this.#bindingsOf(account)
    const puts: { binding: Binding; earlier: Binding | undefined }[] = []
    const removals: Binding[] = []
    for (const contact of contacts) {
      const earlier = known.find((binding) => isSameBinding(binding, contact))
      // Step 7: an older request of the same registration must not undo a newer one.
      if (earlier?.callId === from.callId && from.cseq <= earlier.cseq) return { status: 500, headers: [] }
      const seconds = contact.expiresSeconds ?? this.#options.defaultExpiresSeconds
      if (seconds > 0 && seconds < this.#options.minExpiresSeconds) return this.#tooBrief()
      if (seconds > 0) puts.push({ binding: this.#bindingOf(account, contact, seconds, from), earlier })
      else if (earlier) removals.push(earlier)
    }
    const added = puts.filter((put) => !put.earlier).length
    if (known.length + added - removals.length > this.#options.maxContacts) {
      return { status: 403, reason: 'Too Many Contacts', headers: [] }
    }
    return { puts, removals }
  }

  #bindingOf(
    account: SipAccount,
    contact: RequestedContact,
    seconds: number,
    from: { request: RequestView; source: SipSource; callId: string; cseq: number },
  ): Binding {
    const nowMs = this.#deps.clock.now()
    return {
      deviceId: account.deviceId,
      userId: account.userId,
      contact: contact.uri,
      callId: from.callId,
      cseq: from.cseq,
      instanceId: contact.instanceId,
      regId: contact.regId,
      q: contact.q,
      path: from.request.values('path'),
      transport: from.source.protocol,
      remoteAddress: from.source.address,
      remotePort: from.source.port,
      userAgent: from.request.get('user-agent') ?? '',
      expiresAtMs: nowMs + Math.min(seconds, this.#options.maxExpiresSeconds) * 1000,
      registeredAtMs: nowMs,
    }
  }

  #apply(account: SipAccount, change: Change): SipAnswer | Promise<SipAnswer> {
    const { locations, store } = this.#deps
    const writes: Promise<void>[] = []
    for (const binding of change.removals) {
      locations.remove(binding)
      writes.push(store.remove(binding))
    }
    for (const { binding, earlier } of change.puts) {
      locations.put(binding, earlier)
      if (earlier && isSamePlace(earlier, binding)) store.writeLater(binding)
      else writes.push(store.write(binding))
    }
    if (writes.length === 0) return this.#accepted(account)
    return Promise.all(writes).then(
      () => this.#accepted(account),
      (thrown: unknown) => this.#notStored(thrown),
    )
  }

  #notStored(thrown: unknown): SipAnswer {
    this.#deps.log.error({ err: asError(thrown) }, 'a registration could not be stored')
    return { status: 500, reason: 'Registration Not Stored', headers: [['Retry-After', '30']] }
  }

  /** Step 8: the 200 lists every binding there is now. */
  #accepted(account: SipAccount): SipAnswer {
    const nowMs = this.#deps.clock.now()
    const headers = this.#bindingsOf(account).map((binding): [string, string] => {
      const seconds = Math.max(1, Math.ceil((binding.expiresAtMs - nowMs) / 1000))
      return ['Contact', `<${binding.contact}>;expires=${seconds}`]
    })
    return { status: 200, headers }
  }

  #tooBrief(): SipAnswer {
    return { status: 423, headers: [['Min-Expires', String(this.#options.minExpiresSeconds)]] }
  }

  #bindingsOf(account: SipAccount): readonly Binding[] {
    return this.#deps.locations.of(account.deviceId, this.#deps.clock.now())
  }
}

/** With Outbound it is the instance and flow that make a binding, else the contact (RFC 5626 6, RFC 3261 19.1.4). */
function isSameBinding(binding: Binding, contact: RequestedContact): boolean {
  if (contact.instanceId !== undefined && contact.regId !== undefined) {
    return binding.instanceId === contact.instanceId && binding.regId === contact.regId
  }
  return uriEquals(binding.contact, contact.uri)
}
