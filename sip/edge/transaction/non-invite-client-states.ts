import { step, type StateTable } from './state-table.ts'

export type NonInviteClientState = 'trying' | 'proceeding' | 'completed' | 'terminated'

export type NonInviteClientInput = 'provisional' | 'final' | 'timerE' | 'timerF' | 'timerK' | 'transportError'

export type NonInviteClientAction =
  'deliver' | 'resend' | 'startE' | 'startSlowE' | 'startK' | 'stopTimers' | 'reportTimeout' | 'reportTransport' | 'end'

/** RFC 3261 17.1.2 (figure 6). */
export const nonInviteClientTable: StateTable<NonInviteClientState, NonInviteClientInput, NonInviteClientAction> = {
  trying: {
    provisional: step('proceeding', 'deliver'),
    final: step('completed', 'stopTimers', 'deliver', 'startK'),
    timerE: step('trying', 'resend', 'startE'),
    timerF: step('terminated', 'reportTimeout', 'end'),
    transportError: step('terminated', 'reportTransport', 'end'),
  },
  proceeding: {
    provisional: step('proceeding', 'deliver'),
    final: step('completed', 'stopTimers', 'deliver', 'startK'),
    timerE: step('proceeding', 'resend', 'startSlowE'),
    timerF: step('terminated', 'reportTimeout', 'end'),
    transportError: step('terminated', 'reportTransport', 'end'),
  },
  completed: {
    timerK: step('terminated', 'end'),
  },
  terminated: {},
}
