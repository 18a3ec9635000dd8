import { test } from 'tap'
import { answerChallenge, parseChallenge } from './digest.ts'

void test('answers a challenge without qop as in draft-smith-sip-auth-examples 3.1', async (t) => {
  const challenge = parseChallenge(
    'Digest realm="biloxi.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", algorithm=MD5',
  )
  t.ok(challenge)
  if (!challenge) return
  const answer = answerChallenge(
    challenge,
    { username: 'bob', password: 'zanzibar' },
    { method: 'INVITE', uri: 'sip:bob@biloxi.com' },
  )
  t.match(answer, /response="bf57e4e0d0bffc0fbaedce64d59add5e"/)
  t.match(answer, /^Digest username="bob", realm="biloxi\.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"/)
})

void test('reads challenges', async (t) => {
  t.strictSame(
    parseChallenge(
      'Digest realm="a \\"b\\"", nonce="n", qop="auth,auth-int", algorithm=SHA-256, stale=TRUE, opaque="o"',
    ),
    {
      realm: 'a "b"',
      nonce: 'n',
      algorithm: 'SHA-256',
      qop: ['auth', 'auth-int'],
      opaque: 'o',
      isStale: true,
    },
  )
  t.equal(parseChallenge('Basic realm="x"'), undefined)
  t.equal(parseChallenge('Digest realm="x", nonce="n", algorithm=SHA-512-256'), undefined)
})
