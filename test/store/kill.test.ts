import { systemClock } from '../../core/clock.ts'
import type { CallId } from '../../core/ids.ts'
import { onBothDatabases } from './on-both-databases.ts'
import { runScript } from './run-script.ts'

/** What the script printed: only whole lines, the last one may be cut off. */
function acknowledged(output: string): { bindings: string[]; opened: CallId[]; closed: CallId[] } {
  const lines = output.slice(0, output.lastIndexOf('\n')).split('\n')
  const after = (word: string) => lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length))
  return { bindings: after('binding '), opened: after('opened ') as CallId[], closed: after('closed ') as CallId[] }
}

onBothDatabases(async (t, fresh) => {
  for (const killAfterMs of [0, 37, 150]) {
    await t.test(`kill -9 ${killAfterMs} ms into the writing loses nothing that was acknowledged`, async (t) => {
      const { open, url, dataDir, key } = await fresh(t)
      const before = await open()
      const user = await before.users.create({ name: 'Alice', extension: '1001' })
      const device = await before.devices.create({
        userId: user.id,
        label: '',
        kind: 'desk',
        sipUsername: 'a',
        sipPassword: 'x',
      })
      await before.close()

      const child = runScript('write-until-killed', [url, dataDir, key.toString('hex'), device.id, user.id])
      await child.prints(/binding[^]*closed|closed[^]*binding/, 20_000)
      await systemClock.sleep(killAfterMs)
      await child.stop('SIGKILL')
      const told = acknowledged(child.output)
      t.not(told.bindings.length, 0, child.output)

      const { registrations, calls } = await open()
      const stored = new Set((await registrations.listAll()).map(({ contact }) => contact))
      t.same(
        told.bindings.filter((contact) => !stored.has(contact)),
        [],
      )
      await calls.closeInterrupted(9)
      for (const id of told.opened) {
        const outcomes = told.closed.includes(id) ? ['busy'] : ['busy', 'interrupted']
        t.ok(outcomes.includes((await calls.find(id))?.outcome ?? 'lost'))
      }
    })
  }
})
