import { StartupError } from '../core/errors.ts'

/** Everything that is wrong with the configuration, a line for each. */
export class ConfigError extends StartupError {
  readonly problems: readonly string[]

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(`the configuration is not valid\n${problems.map((problem) => `  ${problem}`).join('\n')}`, options)
    this.problems = problems
  }
}
