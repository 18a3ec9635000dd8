import { test } from 'tap'
import { agreedExpiry } from './agreed-expiry.ts'
import { eventPackageOf } from './event-header.ts'

void test('how long a subscription lives', (t) => {
  const cases = [
    [undefined, { kind: 'agreed', seconds: 3600 }],
    ['0', { kind: 'agreed', seconds: 0 }],
    ['1', { kind: 'too-brief' }],
    ['59', { kind: 'too-brief' }],
    ['60', { kind: 'agreed', seconds: 60 }],
    [' 600 ', { kind: 'agreed', seconds: 600 }],
    ['3601', { kind: 'agreed', seconds: 3600 }],
    ['9999999999', { kind: 'agreed', seconds: 3600 }],
    ['99999999999', { kind: 'malformed' }],
    ['-1', { kind: 'malformed' }],
    ['soon', { kind: 'malformed' }],
    ['', { kind: 'malformed' }],
  ] as const
  for (const [asked, agreed] of cases) t.strictSame(agreedExpiry(asked), agreed, String(asked))
  t.end()
})

void test('the package in an Event header', (t) => {
  const cases = [
    ['dialog', 'dialog'],
    ['Message-Summary', 'message-summary'],
    ['dialog;id=7;sla', 'dialog'],
    ['reg ; x=y', 'reg'],
    ['', ''],
  ] as const
  for (const [header, name] of cases) t.equal(eventPackageOf(header), name, header)
  t.end()
})
