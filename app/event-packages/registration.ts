import type { Clock } from '../../core/clock.ts'
import { TypedEmitter } from '../../core/typed-emitter.ts'
import type { LocationTable } from '../../sip/agent/location-table.ts'
import type { EventPackage } from '../../sip/agent/subscriptions/event-package.ts'
import { registrationInfoBody, registrationInfoType } from '../../sip/agent/subscriptions/registration-info-body.ts'

/** Where an account is registered (RFC 3680): addresses of phones are nobody's business but the account's own. */
export function registrationPackage(locations: LocationTable, clock: Clock): EventPackage {
  const events = new TypedEmitter<{ changed: [key: string] }>()
  locations.events.on('changed', (deviceId) => events.emit('changed', deviceId))
  return {
    name: 'reg',
    contentType: registrationInfoType,
    events,
    allowed: (watcher, watched) => watcher.deviceId === watched.deviceId,
    keyOf: (watched) => watched.deviceId ?? '',
    body: ({ deviceId, uri }, { version }) => {
      const nowMs = clock.now()
      const bindings = deviceId ? locations.of(deviceId, nowMs) : []
      return registrationInfoBody({ uri, bindings, version, nowMs })
    },
  }
}
