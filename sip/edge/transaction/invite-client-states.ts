import { step, type StateTable } from './state-table.ts'

export type InviteClientState = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated'

export type InviteClientInput =
  /** Answers from the network: 1xx, 2xx, 300 to 699. */
  | 'provisional'
  | 'success'
  | 'failure'
  | 'timerA'
  | 'timerB'
  | 'timerD'
  | 'timerM'
  /** 64*T1 after a CANCEL without a final answer (RFC 3261 9.1). */
  | 'cancelExpired'
  | 'transportError'

export type InviteClientAction =
  | 'deliver'
  | 'acknowledge'
  | 'resend'
  | 'resendAck'
  | 'startA'
  | 'startD'
  | 'startM'
  | 'stopTimers'
  | 'reportTimeout'
  | 'reportTransport'
  | 'end'

/** RFC 3261 17.1.1 (figure 5) as changed by RFC 6026 7.2: repeated 2xx are handed up until timer M. */
export const inviteClientTable: StateTable<InviteClientState, InviteClientInput, InviteClientAction> = {
  calling: {
    provisional: step('proceeding', 'stopTimers', 'deliver'),
    success: step('accepted', 'stopTimers', 'startM', 'deliver'),
    failure: step('completed', 'stopTimers', 'acknowledge', 'deliver', 'startD'),
    timerA: step('calling', 'resend', 'startA'),
    timerB: step('terminated', 'reportTimeout', 'end'),
    transportError: step('terminated', 'reportTransport', 'end'),
  },
  proceeding: {
    provisional: step('proceeding', 'deliver'),
    success: step('accepted', 'stopTimers', 'startM', 'deliver'),
    failure: step('completed', 'stopTimers', 'acknowledge', 'deliver', 'startD'),
    cancelExpired: step('terminated', 'reportTimeout', 'end'),
  },
  accepted: {
    success: step('accepted', 'deliver'),
    timerM: step('terminated', 'end'),
  },
  completed: {
    failure: step('completed', 'resendAck'),
    timerD: step('terminated', 'end'),
    transportError: step('terminated', 'reportTransport', 'end'),
  },
  terminated: {},
}
