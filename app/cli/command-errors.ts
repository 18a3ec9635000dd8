import { StrowgerError } from '../../core/errors.ts'

/** The command line is not one that the program knows. */
export class UsageError extends StrowgerError {
  readonly code = 'usage'
}

/** The command could not be done; its message says what to do about it. */
export class CommandFailed extends StrowgerError {
  readonly code = 'command-failed'
}
