import { test } from 'tap'
import { drawLadder, summarise } from './ladder.ts'

void test('draws messages as arrows between named columns', async (t) => {
  const names = new Map([
    ['10.0.0.1:5060', 'alice'],
    ['10.0.0.9:5060', 'exchange'],
    ['10.0.0.2:5060', 'bob'],
  ])
  const drawn = drawLadder(
    [
      { atMs: 1000, from: '10.0.0.1:5060', to: '10.0.0.9:5060', summary: 'INVITE sip:1002@office' },
      { atMs: 1004, from: '10.0.0.9:5060', to: '10.0.0.2:5060', summary: 'INVITE sip:bob@10.0.0.2' },
      { atMs: 1050, from: '10.0.0.2:5060', to: '10.0.0.9:5060', summary: '200 OK' },
    ],
    names,
  )
  t.equal(
    drawn,
    [
      '         alice                          exchange                       bob',
      '  0.000  │── INVITE sip:1002@office ───▶│                              │',
      '  0.004  │                              │── INVITE sip:bob@10.0.0.2 ──▶│',
      '  0.050  │                              │◀────────── 200 OK ───────────│',
    ].join('\n'),
  )
})

void test('summarises start lines', async (t) => {
  t.equal(summarise('SIP/2.0 200 OK'), '200 OK')
  t.equal(summarise('BYE sip:a@b SIP/2.0'), 'BYE sip:a@b')
})
