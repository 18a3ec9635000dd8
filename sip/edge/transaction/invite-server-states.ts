import { step, type StateTable } from './state-table.ts'

export type InviteServerState = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated'

export type InviteServerInput =
  /** The same INVITE again. */
  | 'request'
  | 'ack'
  /** Answers of the transaction user: 1xx, 2xx, 300 to 699. */
  | 'provisional'
  | 'success'
  | 'failure'
  | 'timerG'
  | 'timerH'
  | 'timerI'
  | 'timerL'
  | 'transportError'

export type InviteServerAction =
  | 'send'
  | 'resend'
  | 'startG'
  | 'startH'
  | 'startI'
  | 'startL'
  | 'stopTimers'
  | 'passAck'
  | 'reportTimeout'
  | 'reportTransport'
  | 'end'

/** RFC 3261 17.2.1 (figure 7) as changed by RFC 6026 7.1: an answered INVITE waits in `accepted` for timer L. */
export const inviteServerTable: StateTable<InviteServerState, InviteServerInput, InviteServerAction> = {
  proceeding: {
    request: step('proceeding', 'resend'),
    provisional: step('proceeding', 'send'),
    success: step('accepted', 'send', 'startL'),
    failure: step('completed', 'send', 'startG', 'startH'),
    // RFC 6026 7.1: an answer that could not be sent does not end the transaction; a timer will.
    transportError: step('proceeding', 'reportTransport'),
  },
  accepted: {
    success: step('accepted', 'send'),
    ack: step('accepted', 'passAck'),
    timerL: step('terminated', 'end'),
    transportError: step('accepted', 'reportTransport'),
  },
  completed: {
    request: step('completed', 'resend'),
    ack: step('confirmed', 'stopTimers', 'startI'),
    timerG: step('completed', 'resend', 'startG'),
    timerH: step('terminated', 'reportTimeout', 'end'),
    transportError: step('completed', 'reportTransport'),
  },
  confirmed: {
    timerI: step('terminated', 'end'),
  },
  terminated: {},
}
