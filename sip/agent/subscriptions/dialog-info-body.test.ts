import { test } from 'tap'
import { dialogInfoBody, type WatchedDialog } from './dialog-info-body.ts'
import { escapeXml } from './escape-xml.ts'

const head = (version: number, entity: string) =>
  `<?xml version="1.0"?>\r\n<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" entity="${entity}">\r\n`

void test('the calls of one party', (t) => {
  const rings: WatchedDialog = { id: 'call_1-in', direction: 'recipient', state: 'early' }
  const talks: WatchedDialog = { id: 'call_2-out', direction: 'initiator', state: 'confirmed' }
  t.equal(dialogInfoBody([], 'sip:1002@x', 0), `${head(0, 'sip:1002@x')}</dialog-info>\r\n`, 'nothing is an empty list')
  t.equal(
    dialogInfoBody([rings, talks], 'sip:1002@x', 7),
    head(7, 'sip:1002@x') +
      '<dialog id="call_1-in" direction="recipient"><state>early</state></dialog>\r\n' +
      '<dialog id="call_2-out" direction="initiator"><state>confirmed</state></dialog>\r\n' +
      '</dialog-info>\r\n',
  )
  t.match(
    dialogInfoBody([{ ...rings, id: '"><x' }], 'sip:a&b@x', 1),
    /entity="sip:a&amp;b@x"[^]*id="&quot;&gt;&lt;x"/,
    'nothing breaks out of its place',
  )
  t.end()
})

void test('XML text', (t) => {
  const cases = [
    ['plain 1002', 'plain 1002'],
    [`<&>"'`, '&lt;&amp;&gt;&quot;&apos;'],
    ['&amp;', '&amp;amp;'],
    ['a\u0000b\nc', 'a b c'],
    ['Zoë ☎', 'Zoë ☎'],
    ['\ud800', ' '],
  ] as const
  for (const [text, escaped] of cases) t.equal(escapeXml(text), escaped, JSON.stringify(text))
  t.end()
})
