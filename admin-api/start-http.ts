import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asError, StartupError, systemCodeOf } from '../core/errors.ts'
import type { AdminApiContext } from './context.ts'
import { createAdminApi } from './create-admin-api.ts'
import { newLocalKey, removeLocalKey, writeLocalKey } from './local-key.ts'

export interface HttpAddress {
  /** Undefined: all addresses. */
  readonly host: string | undefined
  /** 0 takes any free port. */
  readonly port: number
}

export interface RunningHttp {
  readonly host: string
  readonly port: number
  /** For what else speaks over the same port, such as WebSocket. */
  readonly server: Server
  /** Takes nothing new, lets running requests end, and cuts what has not ended after two seconds. */
  close(): Promise<void>
}

const limits = {
  /** A client that sends its request byte by byte is cut off. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
}
const closingMs = 2_000

/**
 * Serves the API, and leaves the local key in the data directory once the port is ours.
 * @throws StartupError when the port is taken or the key cannot be written
 */
export async function startHttp(
  context: Omit<AdminApiContext, 'localKey'>,
  address: HttpAddress,
): Promise<RunningHttp> {
  const localKey = newLocalKey()
  const server = createServer(limits, createAdminApi({ ...context, localKey }))
  await listen(server, address)
  try {
    await writeLocalKey(context.dataDir, localKey)
  } catch (thrown) {
    server.close()
    throw thrown
  }
  const { address: host, port } = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  return {
    host,
    port,
    server,
    close: () => (closing ??= close(context, server, localKey)),
  }
}

async function listen(server: Server, { host, port }: HttpAddress): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, ...(host !== undefined && { host }) }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (thrown) {
    throw new StartupError(`cannot listen on ${host ?? '*'}:${port} for HTTP: ${reasonOf(thrown)}`, { cause: thrown })
  }
}

function reasonOf(thrown: unknown): string {
  switch (systemCodeOf(thrown)) {
    case 'EADDRINUSE':
      return 'the port is in use; stop the other program or set http.port (STROWGER_HTTP_PORT)'
    case 'EACCES':
      return 'this user may not use the port; set http.port (STROWGER_HTTP_PORT) to one above 1023'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'the machine has no such address; set http.host (STROWGER_HTTP_HOST)'
    default:
      return asError(thrown).message
  }
}

async function close(
  { clock, dataDir }: Omit<AdminApiContext, 'localKey'>,
  server: Server,
  localKey: string,
): Promise<void> {
  const cut = clock.after(closingMs, () => server.closeAllConnections())
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  cut.cancel()
  await removeLocalKey(dataDir, localKey)
}
