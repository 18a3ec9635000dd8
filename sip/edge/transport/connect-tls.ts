import { isIP, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import type { Clock } from '../../../core/clock.ts'
import { systemCodeOf } from '../../../core/errors.ts'
import { connectTcp } from './connect-tcp.ts'
import type { Target } from './flow.ts'
import { checkSipIdentity, trustedCertificates, type TlsIdentity } from './tls-identity.ts'
import { Unreachable } from './transport-error.ts'

/**
 * Opens a TLS connection, showing our certificate if asked. The peer proves the target's `serverName`, or its address when
 * there is no name. @throws Unreachable
 */
export async function connectTls(
  target: Target,
  identity: TlsIdentity | undefined,
  timeoutMs: number,
  clock: Clock,
): Promise<TLSSocket> {
  const startedAtMs = clock.monotonicMs()
  const socket = await connectTcp(target, timeoutMs, clock)
  const leftMs = timeoutMs - (clock.monotonicMs() - startedAtMs)
  return shakeHands(socket, target, identity, { timeoutMs: Math.max(leftMs, 1), clock })
}

function shakeHands(
  socket: Socket,
  target: Target,
  identity: TlsIdentity | undefined,
  { timeoutMs, clock }: { timeoutMs: number; clock: Clock },
): Promise<TLSSocket> {
  const name = target.serverName ?? target.address
  const ca = trustedCertificates(identity)
  const secure = connect({
    socket,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(identity ? { key: identity.key, cert: identity.cert } : {}),
    ...(ca ? { ca } : {}),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: identity?.verifyPeers !== false,
    checkServerIdentity: (_host, certificate) => checkSipIdentity(name, certificate),
  })
  return new Promise((resolve, reject) => {
    const timer = clock.after(timeoutMs, () => fail(new Unreachable(target, 'the TLS handshake took too long')))
    const onError = (cause: Error) => fail(new Unreachable(target, systemCodeOf(cause) ?? cause.message, { cause }))
    function fail(error: Unreachable): void {
      timer.cancel()
      secure.destroy()
      socket.destroy()
      reject(error)
    }
    secure.once('error', onError)
    secure.once('secureConnect', () => {
      timer.cancel()
      secure.off('error', onError)
      resolve(secure)
    })
  })
}
