import type { Binding } from '../../store/binding.ts'
import type { RegistrationView } from '../contracts/registrations.ts'
import { isoTime } from './iso-time.ts'

export function registrationView(binding: Binding): RegistrationView {
  const { remoteAddress, remotePort } = binding
  return {
    deviceId: binding.deviceId,
    userId: binding.userId,
    contact: binding.contact,
    transport: binding.transport,
    remoteAddress: remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`,
    userAgent: binding.userAgent,
    registeredAt: isoTime(binding.registeredAtMs),
    expiresAt: isoTime(binding.expiresAtMs),
  }
}
