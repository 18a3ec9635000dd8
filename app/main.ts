import { loadConfig } from '../config/load-config.ts'
import { asError } from '../core/errors.ts'
import { composeExchange, type Exchange } from './compose.ts'
import { createLogger } from './create-logger.ts'
import { orOneLine } from './or-one-line.ts'
import { untilSignal } from './until-signal.ts'

/** Runs the exchange until SIGTERM or SIGINT. Resolves with the exit code. */
export async function runExchange(env: NodeJS.ProcessEnv, cwd: string): Promise<number> {
  // What the exchange writes holds calls, messages and password hashes: it is its own business.
  process.umask(0o077)
  const started = await orOneLine(async () => {
    const config = loadConfig({ cwd, env })
    const log = createLogger(config.log.level)
    return { log, exchange: await composeExchange(config, log) }
  })
  if (!started) return 1
  const { log, exchange } = started
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
