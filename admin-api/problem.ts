import { StrowgerError } from '../core/errors.ts'
import { problems, type FieldError, type ProblemCode, type ProblemDocument } from './contracts/problems.ts'

interface ProblemExtras extends ErrorOptions {
  readonly errors?: readonly FieldError[]
  /** Header fields that go with the answer, such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that cannot be served as asked; becomes a problem document (RFC 9457). */
export class Problem extends StrowgerError {
  readonly code: ProblemCode
  readonly errors: readonly FieldError[] | undefined
  readonly headers: Readonly<Record<string, string>>

  /** @param detail one sentence for the person who asked; never what only the operator should know */
  constructor(code: ProblemCode, detail?: string, { errors, headers = {}, cause }: ProblemExtras = {}) {
    super(detail ?? problems[code].title, { cause })
    this.code = code
    this.errors = errors
    this.headers = headers
  }

  get status(): number {
    return problems[this.code].status
  }

  toDocument(instance: string, requestId: string): ProblemDocument {
    const { title, status } = problems[this.code]
    return {
      type: `urn:strowger:problem:${this.code}`,
      title,
      status,
      ...(this.message !== title && { detail: this.message }),
      instance,
      code: this.code,
      requestId,
      ...(this.errors && { errors: [...this.errors] }),
    }
  }
}

/** A field that is refused after its schema took it. */
export function fieldProblem(error: FieldError): Problem {
  return new Problem('invalid-request', `${error.path} ${error.message}`, { errors: [error] })
}
