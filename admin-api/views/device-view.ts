import type { Device } from '../../store/device.ts'
import type { DeviceView } from '../contracts/devices.ts'
import { isoTime } from './iso-time.ts'

export function deviceView(device: Device, domain: string): DeviceView {
  return {
    id: device.id,
    userId: device.userId,
    label: device.label,
    kind: device.kind,
    mac: device.mac ?? null,
    model: device.model ?? null,
    sipUsername: device.sipUsername,
    domain,
    createdAt: isoTime(device.createdAtMs),
    updatedAt: isoTime(device.updatedAtMs),
  }
}
