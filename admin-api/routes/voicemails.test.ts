import { mkdir, readdir, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import type { UserId } from '../../core/ids.ts'
import type { VoicemailView } from '../contracts/voicemails.ts'
import { TestApi, type Page } from '../test-api.ts'

const recording = Buffer.from('RIFF....WAVEfmt the voice of a caller')

async function leaveMessage(api: TestApi, userId: string, file = 'voicemail/1.wav'): Promise<string> {
  await mkdir(join(api.dataDir, 'voicemail'), { recursive: true })
  if (!file.startsWith('..')) await writeFile(join(api.dataDir, file), recording)
  const { id } = await api.database.voicemails.create({
    userId: userId as UserId,
    fromNumber: '1002',
    fromName: 'Bob',
    file,
    durationMs: 2500,
    bytes: recording.length,
    receivedAtMs: api.clock.now(),
  })
  return id
}

function fetchAudio(api: TestApi, id: string, headers: Record<string, string> = {}): Promise<Response> {
  const authorization = `Bearer ${api.ownerToken}`
  return fetch(`${api.base}/api/v1/voicemails/${id}/audio`, { headers: { authorization, ...headers } })
}

void test('a mailbox is listed, marked and emptied by its owner', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.person('1001')
  const id = await leaveMessage(api, alice.id)
  const list = await api.ask<Page<VoicemailView>>('GET', '/voicemails', undefined, alice)
  t.match(list.items, [
    {
      id,
      fromNumber: '1002',
      fromName: 'Bob',
      durationSeconds: 2.5,
      bytes: recording.length,
      heardAt: null,
      callId: null,
    },
  ])
  t.equal(list.items[0]?.audioUrl, `/api/v1/voicemails/${id}/audio`)

  const path = `/voicemails/${id}`
  const heard = await api.ask<VoicemailView>('PATCH', path, { isHeard: true }, alice)
  t.equal(heard.heardAt, '2026-01-05T09:00:00.000Z')
  await api.clock.advance(5000)
  t.strictSame(await api.ask('PATCH', path, { isHeard: true }, alice), heard, 'the first hearing counts')
  t.equal((await api.ask<VoicemailView>('PATCH', path, { isHeard: false }, alice)).heardAt, null)
  for (const isHeard of ['yes', 1, null, undefined]) {
    t.equal((await api.call('PATCH', path, { isHeard }, alice)).status, 400, String(isHeard))
  }
  t.equal((await api.call('DELETE', path, undefined, alice)).status, 204)
  t.strictSame(await readdir(join(api.dataDir, 'voicemail')), [], 'the recording is gone too')
  t.equal((await api.call('GET', path, undefined, alice)).status, 404)
})

void test('messages are private', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.person('1001')
  const others = [await api.person('1002'), await api.person('1003', 'supervisor')]
  const id = await leaveMessage(api, alice.id)
  for (const other of others) {
    for (const [method, path, body] of [
      ['GET', `/voicemails/${id}`],
      ['GET', `/voicemails/${id}/audio`],
      ['PATCH', `/voicemails/${id}`, { isHeard: true }],
      ['DELETE', `/voicemails/${id}`],
    ] as const) {
      t.equal((await api.call(method, path, body, other)).status, 404, `${method} ${path}`)
    }
    t.equal((await api.call('GET', `/voicemails?userId=${alice.id}`, undefined, other)).status, 403)
    t.equal((await api.ask<Page<VoicemailView>>('GET', '/voicemails', undefined, other)).items.length, 0)
  }
  t.equal((await api.ask<Page<VoicemailView>>('GET', `/voicemails?userId=${alice.id}`)).items.length, 1)
  const { key } = await api.ask<{ key: string }>('POST', '/api-keys', { name: 'k', scope: 'read' })
  t.equal((await api.call('GET', '/voicemails', undefined, { token: key })).json.errors?.[0]?.path, 'userId')
})

void test('audio comes whole or in ranges', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.person('1001')
  const id = await leaveMessage(api, alice.id)
  const whole = await fetchAudio(api, id)
  t.equal(whole.status, 200)
  t.equal(whole.headers.get('content-type'), 'audio/wav')
  t.equal(whole.headers.get('accept-ranges'), 'bytes')
  t.strictSame(Buffer.from(await whole.arrayBuffer()), recording)

  const part = await fetchAudio(api, id, { range: 'bytes=4-7' })
  t.equal(part.status, 206)
  t.equal(part.headers.get('content-range'), `bytes 4-7/${recording.length}`)
  t.equal(await part.text(), '....')
  const end = await fetchAudio(api, id, { range: 'bytes=-6' })
  t.equal(await end.text(), 'caller')
  const beyond = await fetchAudio(api, id, { range: 'bytes=1000-' })
  t.equal(beyond.status, 416)
  t.equal(((await beyond.json()) as { code: string }).code, 'range-not-satisfiable')
  t.equal(beyond.headers.get('content-range'), `bytes */${recording.length}`)
})

void test('a recording that is not where it should be', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.person('1001')
  const outside = await leaveMessage(api, alice.id, '../../../../etc/passwd')
  t.equal((await fetchAudio(api, outside)).status, 404, 'nothing outside the data directory is ever sent')
  const lost = await leaveMessage(api, alice.id, 'voicemail/lost.wav')
  await api.ask('GET', `/voicemails/${lost}`)
  await unlink(join(api.dataDir, 'voicemail/lost.wav'))
  t.equal((await fetchAudio(api, lost)).status, 404)
  t.equal((await api.call('DELETE', `/voicemails/${lost}`)).status, 204)
})

void test('with a user go his recordings', async (t) => {
  const api = await TestApi.start(t)
  const alice = await api.person('1001')
  await leaveMessage(api, alice.id)
  await api.ask('DELETE', `/users/${alice.id}`)
  t.strictSame(await readdir(join(api.dataDir, 'voicemail')), [])
})
