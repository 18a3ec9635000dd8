import { test } from 'tap'
import { NameAddr, parseNameAddr } from './name-addr.ts'
import { Params } from './params.ts'

const wellFormed: readonly (readonly [text: string, parts: object])[] = [
  ['<sip:a@b>', { displayName: undefined, uri: 'sip:a@b', tag: undefined }],
  ['<sip:a@b>;tag=x', { uri: 'sip:a@b', tag: 'x' }],
  ['sip:a@b;tag=x', { uri: 'sip:a@b', tag: 'x' }],
  ['sip:a@b', { uri: 'sip:a@b' }],
  ['Alice <sip:a@b>', { displayName: 'Alice' }],
  ['Alice<sip:a@b>', { displayName: 'Alice' }],
  ['Alice B. Carol <sip:a@b>', { displayName: 'Alice B. Carol' }],
  ['"Alice \\"A\\" \\\\" <sip:a@b>', { displayName: 'Alice "A" \\' }],
  ['"" <sip:a@b>', { displayName: undefined }],
  ['"a <b> c, d;e" <sip:a@b>;tag=1', { displayName: 'a <b> c, d;e', tag: '1' }],
  ['Jürgen <sip:j@b>', { displayName: 'Jürgen' }],
  ['< sip:a@b >', { uri: 'sip:a@b' }],
  ['<sip:a@b;lr>;x', { uri: 'sip:a@b;lr' }],
  ['<sip:a@b> ; tag = x ; y', { tag: 'x' }],
  ['<tel:+12125551212>;tag=q', { uri: 'tel:+12125551212', sip: undefined }],
  ['<sip:a@b?x=y>', { uri: 'sip:a@b?x=y' }],
  ['"x"<urn:service:sos>', { uri: 'urn:service:sos' }],
]

for (const [text, parts] of wellFormed) {
  void test(`${text} is a name-addr`, async (t) => {
    const address = parseNameAddr(text)
    t.match(address, parts)
    t.equal(address?.toString(), text, 'and written as it came')
    t.match(parseNameAddr(address?.with({}).toString() ?? ''), parts, 'and means the same when written anew')
  })
}

const malformed = [
  '',
  'alice',
  '<alice>',
  '<sip:a@b',
  'sip:a@b>',
  '"Alice <sip:a@b>',
  '"Alice" sip:a@b',
  '"Alice" x <sip:a@b>',
  'Al"ice <sip:a@b>',
  'sip:a@b?x=y',
  'sip:a@b,c',
  '<sip:a@b>;;tag=x',
  '<sip:a@b>;',
  '<sip:a@b>tag=x',
  '<sip:a@b>;tag="x',
  '<>',
]

for (const text of malformed) {
  void test(`${JSON.stringify(text)} is no name-addr`, async (t) => {
    t.equal(parseNameAddr(text), undefined)
  })
}

void test('a name-addr is written with quotes where it needs them', async (t) => {
  const uri = 'sip:a@b'
  t.equal(new NameAddr({ uri }).toString(), '<sip:a@b>')
  t.equal(new NameAddr({ uri, displayName: 'Alice' }).toString(), 'Alice <sip:a@b>')
  t.equal(new NameAddr({ uri, displayName: 'Alice "A", B' }).toString(), '"Alice \\"A\\", B" <sip:a@b>')
  t.equal(new NameAddr({ uri, params: Params.none.with('q', 0.5) }).withTag('t').toString(), '<sip:a@b>;q=0.5;tag=t')
})

void test('a tag replaces the one that was there', async (t) => {
  t.equal(parseNameAddr('sip:a@b;tag=x;y=z')?.withTag('w').toString(), '<sip:a@b>;tag=w;y=z')
})
