import { createSocket } from 'node:dgram'
import { randomUUID } from 'node:crypto'
import type { Peer } from './phone/sip-socket.ts'

/** Sends OPTIONS over UDP every 50 ms until anything comes back. @throws Error when nothing does within `ms` */
export async function answersSip(server: Peer, ms = 10_000): Promise<void> {
  const socket = createSocket('udp4')
  const id = randomUUID()
  const options = [
    `OPTIONS sip:${server.host}:${server.port} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK${id};rport`,
    'Max-Forwards: 70',
    `From: <sip:ping@127.0.0.1>;tag=${id.slice(0, 8)}`,
    `To: <sip:${server.host}:${server.port}>`,
    `Call-ID: ${id}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
  ].join('\r\n')
  const send = () => socket.send(`${options}\r\n\r\n`, server.port, server.host)
  const timer = setInterval(send, 50)
  try {
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`no SIP server answers at port ${server.port}`)), ms)
      socket.on('error', () => undefined)
      socket.once('message', () => {
        clearTimeout(limit)
        resolve()
      })
      send()
    })
  } finally {
    clearInterval(timer)
    socket.close()
  }
}
