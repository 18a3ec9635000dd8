import { connect, type Socket } from 'node:net'
import type { Clock } from '../../../core/clock.ts'
import { systemCodeOf } from '../../../core/errors.ts'
import type { Target } from './flow.ts'
import { Unreachable } from './transport-error.ts'

/** Opens a TCP connection. @throws Unreachable */
export function connectTcp(target: Target, timeoutMs: number, clock: Clock): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.address, port: target.port, noDelay: true })
    const timer = clock.after(timeoutMs, () => fail(new Unreachable(target, `no answer in ${timeoutMs} ms`)))
    const onError = (cause: Error) => fail(new Unreachable(target, systemCodeOf(cause) ?? cause.message, { cause }))
    function fail(error: Unreachable): void {
      timer.cancel()
      socket.destroy()
      reject(error)
    }
    socket.once('error', onError)
    socket.once('connect', () => {
      timer.cancel()
      socket.off('error', onError)
      resolve(socket)
    })
  })
}
