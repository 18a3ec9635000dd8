import { step, type StateTable } from './state-table.ts'

export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated'

export type NonInviteServerInput =
  /** The same request again. */
  | 'request'
  /** Answers of the transaction user. */
  | 'provisional'
  | 'final'
  | 'timerJ'
  /** The client has given up waiting (its timer F) and no final answer was given. */
  | 'abandoned'
  | 'transportError'

export type NonInviteServerAction = 'send' | 'resend' | 'startJ' | 'reportTimeout' | 'reportTransport' | 'end'

/** RFC 3261 17.2.2 (figure 8); RFC 4320 4.2: a request nobody answered in time is dropped, not answered with 408. */
export const nonInviteServerTable: StateTable<NonInviteServerState, NonInviteServerInput, NonInviteServerAction> = {
  trying: {
    provisional: step('proceeding', 'send'),
    final: step('completed', 'send', 'startJ'),
    abandoned: step('terminated', 'reportTimeout', 'end'),
  },
  proceeding: {
    request: step('proceeding', 'resend'),
    provisional: step('proceeding', 'send'),
    final: step('completed', 'send', 'startJ'),
    abandoned: step('terminated', 'reportTimeout', 'end'),
    transportError: step('proceeding', 'reportTransport'),
  },
  completed: {
    request: step('completed', 'resend'),
    timerJ: step('terminated', 'end'),
    transportError: step('completed', 'reportTransport'),
  },
  terminated: {},
}
