import { test } from 'tap'
import { SipResponse } from '../message/sip-response.ts'
import { bestResponse } from './best-response.ts'

const refusals = (...statuses: number[]) => statuses.map((status) => SipResponse.create({ status }))

void test('the best of several refusals', (t) => {
  const cases: [statuses: number[], best: number | undefined][] = [
    [[], undefined],
    [[486], 486],
    [[503, 404], 404],
    [[408, 486], 486],
    [[503, 500], 500],
    [[302, 404], 302],
    [[404, 603, 302], 603],
    [[404, 401], 401],
    [[486, 484], 484],
    [[486, 480], 486],
  ]
  for (const [statuses, best] of cases) {
    t.equal(bestResponse(refusals(...statuses))?.status, best, statuses.join(' '))
  }
  t.end()
})

void test('all challenges go together', (t) => {
  const one = SipResponse.create({ status: 401, headers: { 'WWW-Authenticate': 'Digest realm="one"' } })
  const two = SipResponse.create({ status: 407, headers: { 'Proxy-Authenticate': 'Digest realm="two"' } })
  const best = bestResponse([one, two])
  t.equal(best?.status, 401)
  t.equal(best?.get('WWW-Authenticate'), 'Digest realm="one"')
  t.equal(best?.get('Proxy-Authenticate'), 'Digest realm="two"')
  t.notOk(one.has('Proxy-Authenticate'))
  t.end()
})
