import { loadConfig } from '../config/load-config.ts'
import { systemClock } from '../core/clock.ts'
import { StartupError } from '../core/errors.ts'
import { startEdge } from '../sip/edge/edge.ts'
import { createLogger } from './create-logger.ts'
import { orOneLine } from './or-one-line.ts'
import { untilSignal } from './until-signal.ts'

const thisMachine = ['127.0.0.1', '::1', 'localhost']

/** Runs the SIP edge alone, for applications that speak drachtio's control protocol. Resolves with the exit code. */
export async function runEdge(env: NodeJS.ProcessEnv, cwd: string): Promise<number> {
  const started = await orOneLine(async () => {
    const config = loadConfig({ cwd, env })
    const { host, port, secret } = config.sip.control
    if (secret === undefined && !thisMachine.includes(host)) {
      throw new StartupError(
        'sip.control.secret (STROWGER_SIP_CONTROL_SECRET) is needed when sip.control.host is not this machine alone',
      )
    }
    const log = createLogger(config.log.level)
    const control = { host, port, secret: secret ?? 'cymru' }
    return { log, edge: await startEdge({ listen: config.sip.listen, control, clock: systemClock, logger: log }) }
  })
  if (!started) return 1
  const { log, edge } = started
  const lines = ['The SIP edge is ready.', `  control  ${edge.control.host}:${edge.control.port}`]
  for (const { protocol, host, port } of edge.points) lines.push(`  SIP      ${protocol} ${host}:${port}`)
  process.stdout.write(`${lines.join('\n')}\n`)
  log.info({ signal: await untilSignal() }, 'stopping')
  await edge.close()
  return 0
}
