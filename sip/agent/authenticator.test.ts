import { test } from 'tap'
import { FakeClock } from '../../core/fake-clock.ts'
import type { DeviceId, UserId } from '../../core/ids.ts'
import { Accounts } from './accounts.ts'
import { Authenticator } from './authenticator.ts'
import { digestResponse, ha1Of, type DigestAlgorithm } from './digest.ts'
import type { RequestView } from './sip-source.ts'

const lifetimeMs = 300_000

function bench() {
  const clock = new FakeClock()
  const accounts = new Accounts('office')
  const credential = {
    deviceId: 'dev_1' as DeviceId,
    userId: 'usr_1' as UserId,
    sipUsername: '1001',
    sipPassword: 'right',
  }
  accounts.put(credential)
  const authenticator = new Authenticator(accounts, {
    algorithms: ['SHA-256', 'MD5'],
    nonceLifetimeMs: lifetimeMs,
    clock,
  })
  return { clock, accounts, authenticator }
}

interface Attempt {
  readonly nonce: string
  readonly username?: string
  readonly password?: string
  readonly realm?: string
  readonly algorithm?: DigestAlgorithm
  readonly nc?: string | undefined
}

function requestWith(authorization: string | undefined): RequestView {
  return {
    method: 'REGISTER',
    uri: 'sip:office',
    get: (name) => (name === 'authorization' ? authorization : undefined),
    values: () => [],
  }
}

function signed(attempt: Attempt): RequestView {
  const { nonce, username = '1001', password = 'right', realm = 'office', algorithm = 'MD5' } = attempt
  const nc = 'nc' in attempt ? attempt.nc : '00000001'
  const qop = nc === undefined ? undefined : ('auth' as const)
  const fields = { username, realm, nonce, uri: 'sip:office', algorithm, qop, nc, cnonce: 'c' }
  const response = digestResponse(ha1Of(username, realm, password)[algorithm], 'REGISTER', fields)
  const count = nc === undefined ? '' : `, qop=auth, nc=${nc}, cnonce="c"`
  return requestWith(
    `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="sip:office", response="${response}", algorithm=${algorithm}${count}`,
  )
}

function nonceFrom(authenticator: Authenticator): string {
  const result = authenticator.authenticate(requestWith(undefined))
  const header = result.kind === 'challenge' ? result.answer.headers[0]?.[1] : undefined
  return /nonce="([^"]+)"/.exec(header ?? '')?.[1] ?? ''
}

void test('a request without credentials is challenged with every algorithm, best first', (t) => {
  const { authenticator } = bench()
  const result = authenticator.authenticate(requestWith(undefined))
  t.match(result, {
    kind: 'challenge',
    because: 'no-credentials',
    answer: {
      status: 401,
      headers: [
        ['WWW-Authenticate', /algorithm=SHA-256/],
        ['WWW-Authenticate', /algorithm=MD5/],
      ],
    },
  })
  t.end()
})

for (const algorithm of ['MD5', 'SHA-256'] as const) {
  void test(`the right password gets in with ${algorithm}`, (t) => {
    const { authenticator } = bench()
    const nonce = nonceFrom(authenticator)
    t.match(authenticator.authenticate(signed({ nonce, algorithm })), {
      kind: 'authenticated',
      account: { username: '1001', deviceId: 'dev_1' },
    })
    t.end()
  })
}

const refused = [
  ['a wrong password', { password: 'wrong' }, 'wrong-password'],
  ['an unknown user', { username: '1999' }, 'wrong-user'],
  ['another realm', { realm: 'elsewhere' }, 'wrong-realm'],
] as const

for (const [what, attempt, because] of refused) {
  void test(`${what} is challenged again, and nothing tells which of the two it was`, (t) => {
    const { authenticator } = bench()
    const result = authenticator.authenticate(signed({ nonce: nonceFrom(authenticator), ...attempt }))
    t.match(result, { kind: 'challenge', because, answer: { status: 401 } })
    const text = result.kind === 'challenge' ? JSON.stringify(result.answer) : ''
    t.notMatch(text, /stale/)
    t.end()
  })
}

void test('the same count of a nonce serves once; a higher one goes on', (t) => {
  const { authenticator } = bench()
  const nonce = nonceFrom(authenticator)
  t.match(authenticator.authenticate(signed({ nonce })), { kind: 'authenticated' })
  t.match(authenticator.authenticate(signed({ nonce })), { kind: 'challenge', because: 'replayed' })
  t.match(authenticator.authenticate(signed({ nonce, nc: '00000002' })), { kind: 'authenticated' })
  t.match(authenticator.authenticate(signed({ nonce, nc: '00000001' })), { because: 'replayed' })
  t.match(authenticator.authenticate(signed({ nonce, nc: 'zz' })), { because: 'replayed' })
  t.end()
})

void test('without qop a nonce serves once', (t) => {
  const { authenticator } = bench()
  const nonce = nonceFrom(authenticator)
  t.match(authenticator.authenticate(signed({ nonce, nc: undefined })), { kind: 'authenticated' })
  t.match(authenticator.authenticate(signed({ nonce, nc: undefined })), { because: 'replayed' })
  t.end()
})

void test('a nonce grows stale, and one from elsewhere is as good as stale', async (t) => {
  const { authenticator, clock } = bench()
  const nonce = nonceFrom(authenticator)
  t.match(authenticator.authenticate(signed({ nonce })), { kind: 'authenticated' })
  await clock.advance(lifetimeMs + 1)
  const stale = { kind: 'challenge', because: 'stale', answer: { headers: [['WWW-Authenticate', /stale=true/]] } }
  t.match(authenticator.authenticate(signed({ nonce, nc: '00000002' })), stale)
  for (const foreign of ['', 'x', '0.0.forged', `${nonce}x`, nonce.replace(/^./, 'z')]) {
    t.match(authenticator.authenticate(signed({ nonce: foreign })), stale, foreign)
  }
})

void test('what is remembered of nonces goes away with their time', async (t) => {
  const { authenticator, clock } = bench()
  for (let round = 0; round < 5; round++) {
    const nonce = nonceFrom(authenticator)
    t.match(authenticator.authenticate(signed({ nonce })), { kind: 'authenticated' })
    t.match(authenticator.authenticate(signed({ nonce })), { because: 'replayed' })
    await clock.advance(lifetimeMs * 0.8)
    t.match(authenticator.authenticate(signed({ nonce })), { because: 'replayed' }, 'still known after a turn')
  }
})

const bad = ['Digest', 'Basic YTpi', 'Digest username="1001"', 'Digest \u{1f600}', ''] as const
for (const header of bad) {
  void test(`a malformed Authorization (${header}) is challenged`, (t) => {
    const { authenticator } = bench()
    t.match(authenticator.authenticate(requestWith(header)), { kind: 'challenge', because: 'malformed' })
    t.end()
  })
}

void test('a response of other characters than hexadecimal ones is wrong, not an error', (t) => {
  const { authenticator } = bench()
  const nonce = nonceFrom(authenticator)
  for (const response of ['é'.repeat(32), '€'.repeat(32), '0'.repeat(31)]) {
    const header = `Digest username="1001", realm="office", nonce="${nonce}", uri="sip:office", response="${response}"`
    t.match(authenticator.authenticate(requestWith(header)), { because: 'wrong-password' })
  }
  t.end()
})

void test('accounts follow the store', (t) => {
  const { authenticator, accounts } = bench()
  const deviceId = 'dev_1' as DeviceId
  accounts.put({ deviceId, userId: 'usr_1' as UserId, sipUsername: '1001', sipPassword: 'changed' })
  t.match(authenticator.authenticate(signed({ nonce: nonceFrom(authenticator) })), { because: 'wrong-password' })
  t.match(authenticator.authenticate(signed({ nonce: nonceFrom(authenticator), password: 'changed' })), {
    kind: 'authenticated',
  })
  accounts.remove(deviceId)
  t.match(authenticator.authenticate(signed({ nonce: nonceFrom(authenticator), password: 'changed' })), {
    because: 'wrong-user',
  })
  t.end()
})
