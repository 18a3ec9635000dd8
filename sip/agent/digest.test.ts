import { test } from 'tap'
import { challengeHeader, digestResponse, ha1Of, parseDigestCredentials } from './digest.ts'

// RFC 7616 3.9.1, with its two algorithms.
const example = {
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  qop: 'auth',
} as const
const ha1 = ha1Of('Mufasa', 'http-auth@example.org', 'Circle of Life')

void test('computes the responses of RFC 7616', (t) => {
  t.equal(digestResponse(ha1.MD5, 'GET', { ...example, algorithm: 'MD5' }), '8ca523f5e9506fed4657c9700eebdbec')
  t.equal(
    digestResponse(ha1['SHA-256'], 'GET', { ...example, algorithm: 'SHA-256' }),
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  )
  t.end()
})

void test('computes the response without qop of RFC 2069 clients', (t) => {
  const { username, realm } = { username: 'Mufasa', realm: 'testrealm@host.com' }
  const response = digestResponse(ha1Of(username, realm, 'CircleOfLife').MD5, 'GET', {
    username,
    realm,
    uri: '/dir/index.html',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    algorithm: 'MD5',
    qop: undefined,
    nc: undefined,
    cnonce: undefined,
  })
  t.equal(response, '1949323746fe6a43ef61f9606e7febea')
  t.end()
})

const required = 'username="a", realm="r", nonce="n", uri="sip:x", response="00"'
const headers = [
  ['plain', `Digest ${required}`, { username: 'a', realm: 'r', algorithm: 'MD5', qop: undefined }],
  ['tight and in odd case', 'dIgEsT USERNAME=a,realm="r",nonce="n",uri="sip:x",response=00', { username: 'a' }],
  ['with qop', `Digest ${required}, qop=auth, nc=00000001, cnonce="c"`, { qop: 'auth', nc: '00000001', cnonce: 'c' }],
  ['with quoted qop', `Digest ${required}, qop="auth", nc=00000001, cnonce="c"`, { qop: 'auth' }],
  ['SHA-256', `Digest ${required}, algorithm=SHA-256`, { algorithm: 'SHA-256' }],
  [
    'a quote in the name',
    `Digest username="a\\"b", realm="r", nonce="n", uri="sip:x", response="00"`,
    { username: 'a"b' },
  ],
  ['another scheme', 'Basic YTpi', undefined],
  ['nothing in it', 'Digest ', undefined],
  ['no nonce', 'Digest username="a", realm="r", uri="sip:x", response="00"', undefined],
  ['an unknown algorithm', `Digest ${required}, algorithm=MD5-sess`, undefined],
  ['qop without a count', `Digest ${required}, qop=auth, cnonce="c"`, undefined],
  ['qop for integrity', `Digest ${required}, qop=auth-int, nc=00000001, cnonce="c"`, undefined],
] as const

for (const [what, header, expected] of headers) {
  void test(`Authorization: ${what}`, (t) => {
    const read = parseDigestCredentials(header)
    if (expected === undefined) t.equal(read, undefined)
    else t.match(read, expected)
    t.end()
  })
}

void test('a challenge names realm, nonce, algorithm and whether the nonce was stale', (t) => {
  t.equal(
    challengeHeader({ realm: 'office', nonce: 'n', algorithm: 'SHA-256', isStale: true }),
    'Digest realm="office", nonce="n", algorithm=SHA-256, qop="auth", stale=true',
  )
  t.end()
})
