import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test, type Test } from 'tap'
import type { MailboxVisit } from '../calls/ports.ts'
import { FakeClock } from '../core/fake-clock.ts'
import { newId, type CallId, type UserId } from '../core/ids.ts'
import { silentLogger } from '../core/logger.ts'
import type { Endpoint } from '../media/endpoint.ts'
import { UnplayableSource } from '../media/media-errors.ts'
import type { RecordResult } from '../media/recording.ts'
import type { Source } from '../media/source.ts'
import type { NewVoicemail, Voicemail } from '../store/voicemail.ts'
import { digitPrompts } from './digit-prompts.ts'
import { messageVerdict } from './message-verdict.ts'
import { messageRules, VoicemailService } from './voicemail-service.ts'

const mailbox = 'usr_bob' as UserId

async function service(t: Test) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'voicemail-'))
  t.teardown(() => rm(dataDir, { recursive: true, force: true }))
  const rows: Voicemail[] = []
  const heard: string[] = []
  const clock = new FakeClock()
  const voicemail = new VoicemailService({
    dataDir,
    maxSeconds: 180,
    clock,
    log: silentLogger,
    rows: {
      create: async (row: NewVoicemail) => {
        const stored = { ...row, callId: row.callId, id: newId('voicemail'), heardAtMs: undefined }
        rows.push(stored)
        return stored
      },
      newest: async () => rows.at(-1),
      markHeard: async (id) => {
        heard.push(id)
        return rows[0]!
      },
    },
  })
  return { voicemail, rows, heard, dataDir }
}

/** An endpoint that plays at once and whose recording ends as told. */
function visitWith(recorded: Partial<RecordResult>, gone = new AbortController()) {
  const played: string[] = []
  const endpoint = {
    play: async (sources: Source | readonly Source[]) => {
      for (const source of [sources].flat<(Source | readonly Source[])[]>()) {
        if (!('kind' in source)) continue
        const name = source.kind === 'file' ? path.basename(source.path, '.wav') : source.kind
        if (name === 'broken') throw new UnplayableSource('broken')
        played.push(name)
      }
      return { endedBy: gone.signal.aborted ? 'stop' : 'end', playedMs: 1000 }
    },
    record: async (file: string) => {
      await writeFile(file, Buffer.alloc(16_044))
      return { durationMs: 1000, bytes: 16_044, endedBy: 'key', ...recorded }
    },
  }
  const visit: MailboxVisit = {
    callId: 'call_1' as CallId,
    mailbox,
    endpoint: endpoint as unknown as Endpoint,
    fromNumber: '1001',
    fromName: 'Ana',
    gone: gone.signal,
  }
  return { visit, played }
}

void test('a message is greeted, recorded, stored with its row, and thanked for', async (t) => {
  const { voicemail, rows, dataDir } = await service(t)
  const { visit, played } = visitWith({ durationMs: 4000 })
  const id = await voicemail.leave(visit)
  t.equal(rows[0]?.id, id)
  t.match(rows[0], { userId: mailbox, fromNumber: '1001', fromName: 'Ana', durationMs: 4000 })
  t.strictSame(played, ['voicemail-greeting', 'voicemail-saved', 'goodbye'])
  t.strictSame(await readdir(path.join(dataDir, 'voicemail', 'drafts')), [], 'nothing left over')
  t.equal((await readdir(path.join(dataDir, 'voicemail', mailbox))).length, 1)
})

void test('a caller who hangs up after the tone leaves his message all the same', async (t) => {
  const { voicemail, rows } = await service(t)
  const gone = new AbortController()
  const { visit, played } = visitWith({}, gone)
  const endpoint = visit.endpoint as { record: unknown }
  endpoint.record = async (file: string) => {
    gone.abort()
    await writeFile(file, Buffer.alloc(40_044))
    return { durationMs: 2500, bytes: 40_044, endedBy: 'stop' }
  }
  t.ok(await voicemail.leave(visit))
  t.equal(rows.length, 1)
  t.strictSame(played, ['voicemail-greeting'], 'nobody is there to thank')
})

void test('silence, or nothing, is no message', async (t) => {
  const { voicemail, rows, dataDir } = await service(t)
  const { visit, played } = visitWith({ durationMs: messageRules.silenceMs + 500, endedBy: 'silence' })
  t.equal(await voicemail.leave(visit), undefined)
  t.strictSame(played, ['voicemail-greeting', 'voicemail-too-short', 'goodbye'])
  t.equal(rows.length, 0)
  t.strictSame(await readdir(path.join(dataDir, 'voicemail', 'drafts')), [])
})

void test('a recording that a crash cut off is found at the next start', async (t) => {
  const { voicemail, rows, dataDir } = await service(t)
  const drafts = path.join(dataDir, 'voicemail', 'drafts')
  const { visit } = visitWith({})
  const endpoint = visit.endpoint as { record: unknown }
  endpoint.record = async (file: string) => {
    await writeFile(file, Buffer.alloc(44 + 16 * 3000))
    throw new Error('the program is killed here')
  }
  await t.rejects(voicemail.leave(visit))
  await writeFile(path.join(drafts, 'vm_half.json'), '{"mailbox":')
  t.equal(await voicemail.recover(), 1)
  t.match(rows, [{ userId: mailbox, fromNumber: '1001', durationMs: 3000 }])
  t.equal(await voicemail.recover(), 0, 'once')
})

void test('listening plays who called and the newest message, and marks it heard', async (t) => {
  const { voicemail, rows, heard } = await service(t)
  const { visit, played } = visitWith({})
  await voicemail.listen(visit)
  t.strictSame(played, ['voicemail-none', 'goodbye'])
  await voicemail.leave(visitWith({ durationMs: 3000 }).visit)
  played.length = 0
  await voicemail.listen(visit)
  const file = path.basename(rows[0]?.file ?? '', '.wav')
  t.strictSame(played, [
    'voicemail-from',
    ...['number-1', 'number-0', 'number-0', 'number-1'],
    file,
    ...['voicemail-end-of-message', 'goodbye'],
  ])
  t.strictSame(heard, [rows[0]?.id])
})

void test('a message whose file is broken is not marked heard, and the caller is told', async (t) => {
  const { voicemail, rows, heard } = await service(t)
  await voicemail.leave(visitWith({ durationMs: 3000 }).visit)
  rows[0] = { ...rows[0]!, file: 'voicemail/broken.wav' }
  const { visit, played } = visitWith({})
  await voicemail.listen(visit)
  t.equal(played.at(-1), 'call-failed')
  t.strictSame(heard, [])
})

const verdicts = [
  [{ durationMs: 999, endedBy: 'stop' }, 'nothing'],
  [{ durationMs: 1000, endedBy: 'stop' }, 'message'],
  [{ durationMs: 8999, endedBy: 'silence' }, 'nothing'],
  [{ durationMs: 9000, endedBy: 'silence' }, 'message'],
  [{ durationMs: 0, endedBy: 'failed' }, 'nothing'],
  [{ durationMs: 5000, endedBy: 'failed' }, 'message'],
] as const

for (const [recorded, verdict] of verdicts) {
  void test(`${recorded.durationMs} ms ended by ${recorded.endedBy}: ${verdict}`, (t) => {
    t.equal(messageVerdict(recorded, messageRules), verdict)
    t.end()
  })
}

void test('numbers are said digit by digit', (t) => {
  t.strictSame(digitPrompts('+49x0'), ['plus', 'number-4', 'number-9', 'number-0'])
  t.strictSame(digitPrompts('anonymous'), [])
  t.end()
})
