import { test } from 'tap'
import { request } from '../transaction/test-harness.ts'
import { RecordRoutes } from './record-route.ts'

const udp = { protocol: 'udp', host: '192.0.2.9', port: 5060 } as const
const tcp = { ...udp, protocol: 'tcp' } as const

void test('one entry, or two when the call comes in and leaves by different transports', (t) => {
  const routes = new RecordRoutes('secret')
  const invite = request('INVITE')
  t.match(routes.entries(invite, udp, udp), [/^<sip:192\.0\.2\.9:5060;lr;seal=[\da-f]{16}>$/])
  const [outer, inner] = routes.entries(invite, udp, tcp)
  t.match(outer, /transport=tcp/)
  t.notMatch(inner, /transport/)
  t.end()
})

void test('a request goes on by the routes that are left', (t) => {
  const routes = new RecordRoutes('secret')
  const bye = request('BYE', { toTag: 'to' })
  const [outer = '', inner = ''] = routes.entries(bye, udp, tcp)
  const next = '<sip:next.example.com;lr>'
  bye.set('Route', [outer, inner, next])
  t.strictSame(routes.unwind(bye)?.values('Route'), [next])
  t.strictSame(bye.values('Route'), [outer, inner, next], 'the request itself is unchanged')
  t.end()
})

void test('a strict router before us: our entry in the Request-URI, the target last', (t) => {
  const routes = new RecordRoutes('secret')
  const bye = request('BYE', { toTag: 'to' })
  const [entry = ''] = routes.entries(bye, udp, udp)
  bye.uri = entry.slice(1, -1)
  bye.set('Route', '<sip:target@192.0.2.77>')
  const unwound = routes.unwind(bye)
  t.equal(unwound?.uri, 'sip:target@192.0.2.77')
  t.strictSame(unwound?.values('Route'), [])
  t.end()
})

void test('an entry of another call, another server or nobody is none of ours', (t) => {
  const routes = new RecordRoutes('secret')
  const [stolen = ''] = routes.entries(request('INVITE', { callId: 'other' }), udp, udp)
  const [foreign = ''] = new RecordRoutes('other secret').entries(request('INVITE'), udp, udp)
  for (const route of [stolen, foreign, '<sip:192.0.2.9:5060;lr>', '<sip:192.0.2.9;lr;seal=>', 'nonsense']) {
    const bye = request('BYE', { toTag: 'to' })
    bye.set('Route', route)
    t.equal(routes.unwind(bye), undefined, route)
  }
  t.equal(routes.unwind(request('BYE', { toTag: 'to' })), undefined)
  t.end()
})
