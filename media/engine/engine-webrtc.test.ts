import { type t as tap, test } from 'tap'
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from 'werift'
import { amplitudeAt, loudness } from './audio/goertzel.ts'
import { createDecoder, createEncoder } from './audio/voice-codec.ts'
import { startTestEngine, testPhone } from './testing/test-engine.ts'

/** A browser's side of a call: offers or answers with everything a browser has in its description, talks a tone, listens. */
class Browser {
  readonly connection: RTCPeerConnection
  readonly #track = new MediaStreamTrack({ kind: 'audio' })
  readonly #samples: number[] = []
  #talking: NodeJS.Timeout | undefined

  constructor(t: Pick<typeof tap, 'teardown'>) {
    this.connection = new RTCPeerConnection({
      codecs: {
        audio: [new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: 8000, channels: 1, payloadType: 0 })],
      },
      iceUseIpv4: false,
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
      iceInterfaceAddresses: { udp4: '127.0.0.1' },
    })
    const transceiver = this.connection.addTransceiver(this.#track, { direction: 'sendrecv' })
    const decoder = createDecoder('PCMU')
    const decoded = new Int16Array(480)
    transceiver.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe(({ payload }) => {
        const count = decoder.decode(payload, 0, payload.length, decoded)
        this.#samples.push(...decoded.subarray(0, count))
      })
    })
    t.teardown(async () => {
      clearInterval(this.#talking)
      await this.connection.close()
    })
  }

  async offer(): Promise<string> {
    await this.connection.setLocalDescription(await this.connection.createOffer())
    return this.connection.localDescription!.sdp
  }

  async answer(offer: string): Promise<string> {
    await this.connection.setRemoteDescription({ type: 'offer', sdp: offer })
    await this.connection.setLocalDescription(await this.connection.createAnswer())
    return this.connection.localDescription!.sdp
  }

  async complete(answer: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: 'answer', sdp: answer })
  }

  talk(hertz: number): void {
    const encoder = createEncoder('PCMU')
    const payload = Buffer.alloc(160)
    let count = 0
    this.#talking = setInterval(() => {
      const samples = Int16Array.from({ length: 160 }, (_, i) =>
        Math.round(8000 * Math.sin((2 * Math.PI * hertz * (count * 160 + i)) / 8000)),
      )
      encoder.encode(samples, 160, payload, 0)
      const header = new RtpHeader({ payloadType: 0, sequenceNumber: count & 0xffff, timestamp: count * 160, ssrc: 1 })
      this.#track.writeRtp(new RtpPacket(header, Buffer.from(payload)))
      count++
    }, 20)
  }

  async hears(hertz: number, withinMs = 8000): Promise<void> {
    const endMs = performance.now() + withinMs
    for (;;) {
      const last = this.#samples.slice(-1600)
      if (last.length === 1600 && amplitudeAt(last, hertz, 8000) > Math.max(150, loudness(last) * 0.3)) return
      if (performance.now() > endMs) throw new Error(`the browser did not hear ${hertz} Hz`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

void test('a browser that offers talks to a desk phone', async (t) => {
  const server = await startTestEngine(t)
  const browser = new Browser(t)
  const endpoint = await server.createEndpoint({ profile: 'webrtc', remoteSdp: await browser.offer() })
  t.match(endpoint.localSdp, 'a=setup:active')
  t.match(endpoint.localSdp, 'UDP/TLS/RTP/SAVPF 0')
  await browser.complete(endpoint.localSdp)
  const phone = await testPhone(t, server, { codec: 'PCMA' })
  await endpoint.bridge(phone.endpoint)
  browser.talk(440)
  phone.peer.talk(1000)
  await Promise.all([browser.hears(1000), phone.peer.hears(440, 8000)])
  t.match(endpoint.stats(), { packetsMalformed: 0, packetsFromStrangers: 0 })
})

void test('a browser that answers talks to a desk phone', async (t) => {
  const server = await startTestEngine(t)
  const browser = new Browser(t)
  const endpoint = await server.createEndpoint({ profile: 'webrtc' })
  t.match(endpoint.localSdp, 'a=setup:actpass')
  t.match(endpoint.localSdp, 'a=group:BUNDLE 0')
  t.equal(await endpoint.accept(await browser.answer(endpoint.localSdp)), undefined)
  const phone = await testPhone(t, server)
  await endpoint.bridge(phone.endpoint)
  browser.talk(440)
  phone.peer.talk(1000)
  await Promise.all([browser.hears(1000), phone.peer.hears(440, 8000)])
})

void test('a certificate that is not the signalled one is not talked to', async (t) => {
  const server = await startTestEngine(t)
  const browser = new Browser(t)
  const offer = (await browser.offer()).replace(/(a=fingerprint:sha-256 )../g, (line, name: string) =>
    line.endsWith('AA') ? `${name}BB` : `${name}AA`,
  )
  const endpoint = await server.createEndpoint({ profile: 'webrtc', remoteSdp: offer })
  const lost = endpoint.events.next('lost')
  await browser.complete(endpoint.localSdp)
  await lost
  t.equal(endpoint.stats().packetsReceived, 0)
})

void test('a description without ICE is no browser', async (t) => {
  const server = await startTestEngine(t)
  const browser = new Browser(t)
  const offer = (await browser.offer()).replace(/a=ice-.*\r\n/g, '')
  await t.rejects(server.createEndpoint({ profile: 'webrtc', remoteSdp: offer }), { code: 'unusable-sdp' })
  t.equal(server.stats().endpoints, 0)
})
