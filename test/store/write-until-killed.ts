import { systemClock } from '../../core/clock.ts'
import { newId, type DeviceId, type UserId } from '../../core/ids.ts'
import { silentLogger } from '../../core/logger.ts'
import { openDatabase } from '../../store/database.ts'
import { RegistrationWriter } from '../../store/registration-writer.ts'

// Writes bindings and calls without end, and prints each one as soon as it is acknowledged.
const [url = '', dataDir = '', key = '', deviceId = '', userId = ''] = process.argv.slice(2)
const { registrations, calls } = await openDatabase({ url, dataDir, key: Buffer.from(key, 'hex') })
const writer = new RegistrationWriter({ registrations, clock: systemClock, logger: silentLogger, gatherMs: 2 })

async function writeBinding(contact: string): Promise<void> {
  const remote = { transport: 'udp', remoteAddress: '192.0.2.1', remotePort: 5060, userAgent: '' }
  const times = { expiresAtMs: 2, registeredAtMs: 1 }
  const ids = { deviceId: deviceId as DeviceId, userId: userId as UserId }
  await writer.write({ ...ids, contact, callId: 'c', cseq: 1, q: 1, path: [], ...remote, ...times })
  process.stdout.write(`binding ${contact}\n`)
}

async function writeCall(): Promise<void> {
  const id = newId('call')
  await calls.open({ id, direction: 'internal', fromNumber: '1', fromName: '', toNumber: '2', startedAtMs: 1 })
  process.stdout.write(`opened ${id}\n`)
  await calls.close(id, { outcome: 'busy', endedAtMs: 2 })
  process.stdout.write(`closed ${id}\n`)
}

for (let round = 0; ; round += 1) {
  const bindings = Array.from({ length: 40 }, (_, n) => writeBinding(`sip:${round}-${n}@192.0.2.1`))
  await Promise.all([...bindings, writeCall(), writeCall()])
}
