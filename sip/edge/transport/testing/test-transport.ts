import { once } from 'node:events'
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import { systemClock, type Clock } from '../../../../core/clock.ts'
import { silentLogger, type Logger } from '../../../../core/logger.ts'
import { SipRequest } from '../../message/sip-request.ts'
import type { Protocol } from '../flow.ts'
import { TransportLayer, type TransportOptions } from '../transport-layer.ts'

export interface TestTransportOptions extends Partial<TransportOptions> {
  readonly clock?: Clock
  readonly logger?: Logger
  readonly host?: string
}

/** A transport layer on free loopback ports (UDP and TCP unless said otherwise) that ends with the test. */
export async function testTransport(t: Test, options: TestTransportOptions = {}): Promise<TransportLayer> {
  const { host = '127.0.0.1' } = options
  const both = (['udp', 'tcp'] as const).map((protocol) => ({ protocol, host, port: 0 }))
  const transport = new TransportLayer({ listen: both, clock: systemClock, logger: silentLogger, ...options })
  await transport.start()
  t.teardown(() => transport.close())
  return transport
}

export function portOf(transport: TransportLayer, protocol: Protocol): number {
  const point = transport.points.find((each) => each.protocol === protocol)
  if (!point) throw new Error(`no ${protocol} point`)
  return point.port
}

export function options(callId: string, headers: Readonly<Record<string, string>> = {}, body = ''): SipRequest {
  return SipRequest.create({
    method: 'OPTIONS',
    uri: 'sip:bob@b.example',
    headers: {
      Via: 'SIP/2.0/TCP 127.0.0.1:5099;branch=z9hG4bK1',
      From: '<sip:alice@a.example>;tag=1',
      To: '<sip:bob@b.example>',
      'Call-ID': callId,
      CSeq: '1 OPTIONS',
      ...headers,
    },
    body,
  })
}

/** A plain TCP peer. */
export async function tcpPeer(t: Test, port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ host, port })
  socket.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** A plain UDP peer. */
export async function udpPeer(t: Test): Promise<UdpSocket> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return socket
}

/** Resolves with what the peer has received once it contains `part`. */
export async function received(socket: Socket, part: string): Promise<string> {
  let text = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8')
    if (text.includes(part)) return text
  }
  throw new Error(`the connection ended after ${JSON.stringify(text)}`)
}
