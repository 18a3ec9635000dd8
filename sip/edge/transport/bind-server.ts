import { once } from 'node:events'
import { isIPv6, type Server } from 'node:net'
import { bindError, type BoundPoint, type ListenPoint } from './listen-point.ts'

/** Lets a server (TCP, TLS, HTTP) listen on a point. @throws StartupError when the port cannot be had */
export async function bindServer(server: Server, point: ListenPoint): Promise<BoundPoint> {
  try {
    const listening = once(server, 'listening')
    server.listen({ host: point.host, port: point.port, ipv6Only: isIPv6(point.host), backlog: 1024 })
    await listening
  } catch (cause) {
    server.close()
    throw bindError(point, cause)
  }
  const address = server.address()
  return { ...point, port: typeof address === 'object' && address ? address.port : point.port }
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
