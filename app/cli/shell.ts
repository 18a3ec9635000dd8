/** What a command has of the shell it runs in. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  readonly cwd: string
  /** Writes a line of what was asked for. */
  readonly out: (line: string) => void
  /** Writes a line about what went wrong. */
  readonly err: (line: string) => void
}

export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const
