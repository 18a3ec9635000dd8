import type { Endpoint } from '../../endpoint.ts'
import type { EndpointOptions, MediaServer } from '../../media-server.ts'
import { Engine } from '../engine.ts'
import { startEngine } from '../start-engine.ts'
import { type PeerOptions, RtpPeer } from './rtp-peer.ts'

/** What a test framework's context has to offer: something to be run when the test is over. */
export interface TestScope {
  teardown(run: () => unknown): void
}

/** An engine on loopback for the length of a test. */
export async function startTestEngine(t: TestScope, mediaTimeoutMs?: number): Promise<Engine> {
  const ports = { from: 20_000, to: 24_999 }
  const server = await startEngine({
    address: '127.0.0.1',
    ports,
    ...(mediaTimeoutMs === undefined ? {} : { mediaTimeoutMs }),
  })
  t.teardown(() => server.close())
  if (!(server instanceof Engine)) throw new Error('not the built-in engine')
  return server
}

/** A phone whose offer an endpoint of its own has answered. */
export async function testPhone(
  t: TestScope,
  server: MediaServer,
  options: PeerOptions & Partial<EndpointOptions> = {},
): Promise<{ readonly peer: RtpPeer; readonly endpoint: Endpoint }> {
  const peer = await RtpPeer.open(options)
  t.teardown(() => peer.close())
  const endpoint = await server.createEndpoint({ profile: 'rtp', ...options, remoteSdp: peer.sdp() })
  peer.follow(endpoint.localSdp)
  return { peer, endpoint }
}
