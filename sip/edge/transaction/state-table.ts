/** What one input does in one state. */
export interface Step<State extends string, Action extends string> {
  readonly to: State
  /** In the order in which they are done. */
  readonly actions: readonly Action[]
}

/** A state machine as a table. A cell that is missing means that nothing happens. */
export type StateTable<State extends string, Input extends string, Action extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Input, Step<State, Action>>>>>
>

export function step<State extends string, Action extends string>(
  to: State,
  ...actions: Action[]
): Step<State, Action> {
  return { to, actions }
}
