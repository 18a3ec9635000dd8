import { pino } from 'pino'
import type { Logger } from '../core/logger.ts'
import type { LogLevel } from '../config/config.ts'

/** What must never stand in a log, wherever a field of that name turns up. */
const secrets = ['password', 'sipPassword', 'secret', 'token', 'authorization', 'cookie']

/** JSON lines on standard output. */
export function createLogger(level: LogLevel): Logger {
  return pino({
    level,
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[removed]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    base: null,
    formatters: { level: (label) => ({ level: label }) },
  })
}
