import type { DeviceId } from '../../core/ids.ts'
import { TypedEmitter } from '../../core/typed-emitter.ts'
import type { Binding } from './binding.ts'

export interface LocationEvents {
  /** The bindings of a device changed: registered, moved, removed, expired. A refresh is no change. */
  changed: [deviceId: DeviceId]
}

/** Where every registered device is reached right now, in memory. */
export class LocationTable {
  readonly events = new TypedEmitter<LocationEvents>()
  readonly #byDevice = new Map<DeviceId, readonly Binding[]>()
  #count = 0

  /** Bindings in the table. */
  get size(): number {
    return this.#count
  }

  /** The bindings of a device that have not expired, newest first. */
  of(deviceId: DeviceId, nowMs: number): readonly Binding[] {
    return (this.#byDevice.get(deviceId) ?? []).filter((binding) => binding.expiresAtMs > nowMs)
  }

  *all(nowMs: number): Generator<Binding> {
    for (const bindings of this.#byDevice.values()) {
      for (const binding of bindings) if (binding.expiresAtMs > nowMs) yield binding
    }
  }

  load(bindings: Iterable<Binding>): void {
    for (const binding of bindings) {
      this.#replace(binding.deviceId, [binding, ...(this.#byDevice.get(binding.deviceId) ?? [])])
    }
  }

  /** Puts a binding in the place of an earlier one, or adds it. */
  put(binding: Binding, earlier: Binding | undefined): void {
    const others = (this.#byDevice.get(binding.deviceId) ?? []).filter((known) => known !== earlier)
    this.#replace(binding.deviceId, [binding, ...others])
    if (!earlier || !isSamePlace(earlier, binding)) this.events.emit('changed', binding.deviceId)
  }

  remove(binding: Binding): void {
    const known = this.#byDevice.get(binding.deviceId) ?? []
    const others = known.filter((other) => other !== binding)
    if (others.length === known.length) return
    this.#replace(binding.deviceId, others)
    this.events.emit('changed', binding.deviceId)
  }

  /** Takes out everything of a device that is no more. */
  forget(deviceId: DeviceId): void {
    for (const binding of this.#byDevice.get(deviceId) ?? []) this.remove(binding)
  }

  /** Takes out what has expired and returns it. */
  sweep(nowMs: number): readonly Binding[] {
    const expired: Binding[] = []
    for (const bindings of this.#byDevice.values()) {
      for (const binding of bindings) if (binding.expiresAtMs <= nowMs) expired.push(binding)
    }
    for (const binding of expired) this.remove(binding)
    return expired
  }

  #replace(deviceId: DeviceId, bindings: readonly Binding[]): void {
    this.#count += bindings.length - (this.#byDevice.get(deviceId)?.length ?? 0)
    if (bindings.length === 0) this.#byDevice.delete(deviceId)
    else this.#byDevice.set(deviceId, bindings)
  }
}

/** Whether two bindings of one device lead to the same place over the same road. */
export function isSamePlace(a: Binding, b: Binding): boolean {
  return (
    a.contact === b.contact &&
    a.transport === b.transport &&
    a.remoteAddress === b.remoteAddress &&
    a.remotePort === b.remotePort
  )
}
