import { test } from 'tap'
import type { MediaDirection } from '../../codec.ts'
import { NoCommonCodec, UnusableSdp } from '../../media-errors.ts'
import { SdpSession } from './sdp-session.ts'

const options = { profile: 'rtp', address: '192.0.2.1', port: 4000, codecs: ['PCMU', 'PCMA'] } as const

function remote(lines: readonly string[], address = 'IN IP4 198.51.100.7'): string {
  return ['v=0', `o=alice 1 1 ${address}`, 's=-', `c=${address}`, 't=0 0', ...lines, ''].join('\r\n')
}

const plainAudio = ['m=audio 6000 RTP/AVP 8 0 96', 'a=rtpmap:96 telephone-event/8000', 'a=fmtp:96 0-16']

void test('an offer is answered with its first codec and its own payload types', (t) => {
  const session = new SdpSession(options)
  const { sdp, plan } = session.answer(remote(plainAudio))
  t.match(sdp, 'm=audio 4000 RTP/AVP 8 96\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\n')
  t.match(sdp, 'c=IN IP4 192.0.2.1\r\n')
  t.match(sdp, 'a=sendrecv\r\n')
  t.strictSame(plan.send, { codec: 'PCMA', payload: 8 })
  t.strictSame(plan.events, { send: 96, receive: 96, clockRate: 8000 })
  t.match(plan.remote, { address: '198.51.100.7', port: 6000, rtcpPort: 6001 })
  t.equal(session.local, sdp)
  t.end()
})

void test('our offer is completed by the answer, in the payload types of each side', (t) => {
  const session = new SdpSession(options)
  t.match(session.offer(), 'm=audio 4000 RTP/AVP 0 8 101\r\n')
  t.ok(session.hasOpenOffer)
  const plan = session.complete(
    remote(['m=audio 7000 RTP/AVP 0 97', 'a=rtpmap:97 telephone-event/8000', 'a=rtcp:7009', 'a=ptime:30']),
  )
  t.strictSame(plan.receive, [{ codec: 'PCMU', payload: 0 }])
  t.strictSame(plan.events, { send: 97, receive: 101, clockRate: 8000 })
  t.equal(plan.ptimeMs, 30)
  t.equal(plan.remote.rtcpPort, 7009)
  t.notOk(session.hasOpenOffer)
  t.end()
})

const directions: readonly { line: string; address?: string; ours: MediaDirection; isHeld: boolean }[] = [
  { line: 'a=sendrecv', ours: 'sendrecv', isHeld: false },
  { line: 'a=sendonly', ours: 'recvonly', isHeld: true },
  { line: 'a=recvonly', ours: 'sendonly', isHeld: false },
  { line: 'a=inactive', ours: 'inactive', isHeld: true },
  { line: 'a=sendrecv', address: 'IN IP4 0.0.0.0', ours: 'recvonly', isHeld: true },
  { line: 'a=inactive', address: 'IN IP4 0.0.0.0', ours: 'inactive', isHeld: true },
]

void test('directions are mirrored, zeros are a hold (RFC 3264 8.4)', (t) => {
  for (const { line, address, ours, isHeld } of directions) {
    const session = new SdpSession(options)
    session.answer(remote(plainAudio))
    const { plan, sdp } = session.answer(remote([...plainAudio, line], address))
    t.equal(plan.direction, ours, `${line} ${address ?? ''}`)
    t.match(sdp, `a=${ours}\r\n`)
    t.equal(session.isHeldByPeer, isHeld)
  }
  t.end()
})

void test('a session-level direction counts where the audio line has none', (t) => {
  const session = new SdpSession(options)
  const text = remote(plainAudio).replace('t=0 0\r\n', 't=0 0\r\na=sendonly\r\n')
  t.equal(session.answer(text).plan.direction, 'recvonly')
  t.end()
})

void test('other lines are refused in their place (RFC 3264 6)', (t) => {
  const { sdp } = new SdpSession(options).answer(
    remote([
      'm=video 5000 RTP/AVP 34 99',
      'a=rtpmap:99 H264/90000',
      'm=audio 5002 RTP/SAVP 0',
      'm=audio 5004 RTP/AVP 0',
      'm=image 5006 udptl t38',
    ]),
  )
  const lines = sdp.split('\r\n').filter((line) => line.startsWith('m='))
  t.strictSame(lines, [
    'm=video 0 RTP/AVP 34 99',
    'm=audio 0 RTP/SAVP 0',
    'm=audio 4000 RTP/AVP 0',
    'm=image 0 udptl t38',
  ])
  t.end()
})

void test('versions grow, the session id stays', (t) => {
  const session = new SdpSession(options)
  const origin = (sdp: string) => /o=- (\d+) (\d+)/.exec(sdp)!.slice(1).map(Number)
  const [id, version] = origin(session.answer(remote(plainAudio)).sdp)
  const [sameId, next] = origin(session.offer('sendonly'))
  t.equal(sameId, id)
  t.equal(next, version! + 1)
  t.match(session.local, 'a=sendonly')
  session.withdraw()
  t.match(session.local, 'a=sendrecv')
  t.end()
})

void test('a re-offer of ours keeps the payload types agreed before (RFC 3264 8.3.2)', (t) => {
  const session = new SdpSession(options)
  session.answer(remote(plainAudio))
  t.match(session.offer('sendonly'), 'm=audio 4000 RTP/AVP 0 8 96\r\n')
  const plan = session.complete(remote([...plainAudio, 'a=recvonly']))
  t.equal(plan.direction, 'sendonly')
  t.notOk(session.isHeldByPeer, 'the hold is ours')
  t.end()
})

void test('the same description again is a repeat', (t) => {
  const session = new SdpSession(options)
  session.offer()
  session.complete(remote(plainAudio))
  t.ok(session.isRepeat(remote(plainAudio)))
  t.notOk(session.isRepeat(remote([...plainAudio, 'a=sendonly'])))
  t.end()
})

void test('IPv6 meets IPv6', (t) => {
  const session = new SdpSession({ ...options, address: '2001:db8::1' })
  const { sdp } = session.answer(remote(plainAudio, 'IN IP6 2001:db8::7'))
  t.match(sdp, 'c=IN IP6 2001:db8::1\r\n')
  t.throws(() => session.answer(remote(plainAudio)), UnusableSdp)
  t.end()
})

const unusable = [
  { what: 'nothing', sdp: '' },
  { what: 'garbage', sdp: '\u0000\u0001 not sdp' },
  { what: 'no media', sdp: remote([]) },
  { what: 'video only', sdp: remote(['m=video 5000 RTP/AVP 99']) },
  { what: 'audio switched off', sdp: remote(['m=audio 0 RTP/AVP 0']) },
  { what: 'a port out of range', sdp: remote(['m=audio 70000 RTP/AVP 0']) },
  { what: 'a host name', sdp: remote(plainAudio, 'IN IP4 phone.example.com') },
  { what: 'another profile', sdp: remote(['m=audio 5000 UDP/TLS/RTP/SAVPF 0']) },
]

void test('what cannot be used is refused with a reason and changes nothing', (t) => {
  const session = new SdpSession(options)
  const { sdp } = session.answer(remote(plainAudio))
  for (const { what, sdp: text } of unusable) t.throws(() => session.answer(text), UnusableSdp, what)
  const noCodec = remote(['m=audio 5000 RTP/AVP 18 3', 'a=rtpmap:3 GSM/8000'])
  t.throws(() => session.answer(noCodec), NoCommonCodec)
  t.equal(session.local, sdp)
  t.end()
})

void test('several ports and a payload type that says otherwise than its number', (t) => {
  const { plan } = new SdpSession(options).answer(
    remote(['m=audio 5000/2 RTP/AVP 0 97', 'a=rtpmap:0 L16/44100', 'a=rtpmap:97 PCMA/8000']),
  )
  t.strictSame(plan.send, { codec: 'PCMA', payload: 97 })
  t.end()
})
