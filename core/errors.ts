/** The root of every error this program throws on purpose: a stable code for machines, a sentence for people. */
export abstract class StrowgerError extends Error {
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** Something that stops the program from starting; its message is the one line the operator sees. */
export class StartupError extends StrowgerError {
  readonly code = 'startup-failed'
}

/** Use of an object after its end. */
export class ClosedError extends StrowgerError {
  readonly code = 'closed'
}

/** What was thrown, as an Error, whatever it was. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** The `code` of a Node system error such as `EADDRINUSE`, if it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}
