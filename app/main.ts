import { loadConfig } from '../config/load-config.ts'
import { asError, StartupError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { composeExchange, type Exchange } from './compose.ts'
import { createLogger } from './create-logger.ts'

/** Runs the exchange until SIGTERM or SIGINT. Resolves with the exit code. */
export async function runExchange(env: NodeJS.ProcessEnv, cwd: string): Promise<number> {
  let exchange: Exchange
  let log: Logger
  try {
    const config = loadConfig({ cwd, env })
    log = createLogger(config.log.level)
    exchange = await composeExchange(config, log)
  } catch (thrown) {
    // What the operator can mend is one line; what he cannot is a defect, and its trace is wanted.
    if (!(thrown instanceof StartupError)) throw thrown
    process.stderr.write(`strowger: ${thrown.message}\n`)
    return 1
  }
  greet(exchange)
  const signal = await untilSignal()
  log.info({ signal }, 'stopping')
  try {
    await exchange.close()
    return 0
  } catch (thrown) {
    log.error({ err: asError(thrown) }, 'not everything could be closed')
    return 1
  }
}

function greet(exchange: Exchange): void {
  const host = ['0.0.0.0', '::'].includes(exchange.httpHost) ? 'localhost' : exchange.httpHost
  const lines = [`Strowger is ready.`, `  API   http://${host}:${exchange.httpPort}/api/v1`]
  for (const server of exchange.edge.servers) lines.push(`  SIP   ${server.transport} ${server.host}:${server.port}`)
  if (exchange.firstAdministrator) {
    const { login, password } = exchange.firstAdministrator
    lines.push(`  The first administrator is ${login} with the password ${password} (shown only this once).`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}

function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}
