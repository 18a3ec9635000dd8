import { test } from 'tap'
import { Params, parseParams } from './params.ts'
import { quote, unquote } from './quoting.ts'
import { splitList } from './split-list.ts'

const wellFormed: readonly (readonly [text: string, pairs: readonly (readonly [string, string])[]])[] = [
  ['', []],
  ['  ', []],
  ['a', [['a', '']]],
  [';a', [['a', '']]],
  [
    ';a=1;b=2',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    'a = 1 ; b',
    [
      ['a', '1'],
      ['b', ''],
    ],
  ],
  ['a="x;y=\\"z\\""', [['a', 'x;y="z"']]],
  ['a=', [['a', '']]],
  ['received=2001:db8::1', [['received', '2001:db8::1']]],
  ['+sip.instance="<urn:uuid:1>"', [['+sip.instance', '<urn:uuid:1>']]],
  [
    'a=1;A=2',
    [
      ['a', '1'],
      ['A', '2'],
    ],
  ],
]

for (const [text, pairs] of wellFormed) {
  void test(`the parameters of ${JSON.stringify(text)}`, async (t) => {
    t.same([...(parseParams(text) ?? [['malformed', '']])], pairs)
  })
}

for (const text of [';;', ';', 'a;', 'a;;b', '=x', 'a b', 'a="x', 'a="x"y', 'a=x y', 'a=<x>', 'a=x,y', 'ä=x']) {
  void test(`${JSON.stringify(text)} is no list of parameters`, async (t) => {
    t.equal(parseParams(text), undefined)
  })
}

void test('parameters are changed in a copy', async (t) => {
  const before = parseParams(';a=1;B=2;c')
  const after = before?.with('b', 'x y').without('C').with('d', true).with('e', '2001:db8::1')
  t.equal(after?.toString(), ';a=1;b="x y";d;e=2001:db8::1')
  t.equal(before?.toString(), ';a=1;B=2;c')
  t.equal(before?.get('b'), '2')
  t.equal(before?.get('c'), '')
  t.equal(before?.get('x'), undefined)
  t.equal(Params.none.toString(), '')
})

const lists: readonly (readonly [text: string, elements: readonly string[]])[] = [
  ['a', ['a']],
  ['a, b ,c', ['a', 'b', 'c']],
  ['"a, b" <sip:x>, <sip:y,z>', ['"a, b" <sip:x>', '<sip:y,z>']],
  ['"a\\", b", c', ['"a\\", b"', 'c']],
  ['"a\\\\", b', ['"a\\\\"', 'b']],
  ['a,,b', ['a', '', 'b']],
  ['"a, b', ['"a, b']],
  ['<a, b', ['<a, b']],
]

for (const [text, elements] of lists) {
  void test(`the elements of ${text}`, async (t) => {
    t.same(splitList(text), elements)
  })
}

void test('a quoted string says what was quoted', async (t) => {
  for (const text of ['', 'a', '"', '\\', 'a "b" \\c\\', 'ü']) t.equal(unquote(quote(text)), text)
  t.equal(unquote('plain'), 'plain')
  t.equal(unquote('"'), '"')
})
