import { StrowgerError } from './errors.ts'

/** For each state, the events it knows and the state each leads to. */
export type Transitions<State extends string, Event extends string> = Record<State, Partial<Record<Event, State>>>

export class IllegalTransition extends StrowgerError {
  readonly code = 'illegal-transition'

  constructor(machine: string, state: string, event: string) {
    super(`${machine}: no move for '${event}' in state '${state}'`)
  }
}

/** The one gate through which a state moves: known moves only, each told to `moved`. */
export class StateMachine<State extends string, Event extends string> {
  readonly #name: string
  readonly #transitions: Transitions<State, Event>
  readonly #moved: ((from: State, event: Event, to: State) => void) | undefined
  #state: State

  constructor(
    name: string,
    transitions: Transitions<State, Event>,
    initial: State,
    moved?: (from: State, event: Event, to: State) => void,
  ) {
    this.#name = name
    this.#transitions = transitions
    this.#state = initial
    this.#moved = moved
  }

  get state(): State {
    return this.#state
  }

  can(event: Event): boolean {
    return this.#transitions[this.#state][event] !== undefined
  }

  /** @throws IllegalTransition when the state does not know the event. */
  move(event: Event): State {
    const from = this.#state
    const to = this.#transitions[from][event]
    if (to === undefined) throw new IllegalTransition(this.#name, from, event)
    this.#state = to
    this.#moved?.(from, event, to)
    return to
  }
}
