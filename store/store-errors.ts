import { StartupError, StrowgerError } from '../core/errors.ts'

/** The database was written by a newer release of the program. */
export class DatabaseTooNew extends StartupError {
  constructor(where: string, found: number, known: number) {
    super(
      `the database ${where} has schema version ${found}, this release knows up to ${known}: ` +
        'start the newer release, or restore a backup made before the upgrade',
    )
  }
}

/** The database cannot be reached, opened or written. Names the path or host, never a password. */
export class DatabaseUnavailable extends StartupError {
  constructor(where: string, reason: string, options?: ErrorOptions) {
    super(`cannot use the database ${where}: ${reason}`, options)
  }
}

/** Something that must be unique already belongs to another row. */
export abstract class Taken extends StrowgerError {
  /** The value that is taken. */
  readonly value: string

  constructor(what: string, value: string, options?: ErrorOptions) {
    super(`${what} '${value}' is already in use`, options)
    this.value = value
  }
}

export class ExtensionTaken extends Taken {
  readonly code = 'extension-taken'

  constructor(extension: string, options?: ErrorOptions) {
    super('extension', extension, options)
  }
}

export class EmailTaken extends Taken {
  readonly code = 'email-taken'

  constructor(email: string, options?: ErrorOptions) {
    super('e-mail address', email, options)
  }
}

export class SipUsernameTaken extends Taken {
  readonly code = 'sip-username-taken'

  constructor(sipUsername: string, options?: ErrorOptions) {
    super('SIP user name', sipUsername, options)
  }
}

export class NotFound extends StrowgerError {
  readonly code = 'not-found'

  constructor(kind: string, id: string) {
    super(`there is no ${kind} ${id}`)
  }
}

/** The row was changed by somebody else since the version the caller had read. */
export class VersionConflict extends StrowgerError {
  readonly code = 'version-conflict'
  readonly actualVersion: number

  constructor(kind: string, id: string, expected: number, actual: number) {
    super(`${kind} ${id} has version ${actual}, not ${expected}`)
    this.actualVersion = actual
  }
}

export class InvalidCursor extends StrowgerError {
  readonly code = 'invalid-cursor'

  constructor(options?: ErrorOptions) {
    super('the paging cursor is not one that this server gave out', options)
  }
}

/** A row that does not hold what its column promises: the database was changed by other hands. */
export class CorruptRow extends StrowgerError {
  readonly code = 'corrupt-row'

  constructor(table: string, column: string, expected: string, options?: ErrorOptions) {
    super(`column ${column} of a row in ${table} is not ${expected}`, options)
  }
}
