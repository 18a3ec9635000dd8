import type { Dialog } from '../dialog/dialog.ts'
import { makeDialogRequest } from '../dialog/dialog-request.ts'
import {
  knowsSessionTimers,
  sessionExpiresOf,
  SessionTimer,
  shortestSession,
  type SessionExpires,
} from '../dialog/session-timer.ts'
import type { SipMessage } from '../message/sip-message.ts'
import type { SipRequest } from '../message/sip-request.ts'
import type { SipResponse } from '../message/sip-response.ts'
import type { ClientUser } from '../transaction/invite-client-transaction.ts'
import type { ServerTransaction } from '../transaction/transaction-layer.ts'
import { acknowledge } from './acknowledge.ts'
import { answerNow } from './answer.ts'
import type { EdgeContext } from './edge-context.ts'
import { hangUp } from './hang-up.ts'
import { RequestAttempts } from './request-attempts.ts'
import { routeInDialog } from './send-request.ts'

/** Requests whose 2xx starts the session's time anew. */
const refreshers: ReadonlySet<string> = new Set(['INVITE', 'UPDATE'])

/** Whether a request asks for a shorter session than there may be, and would understand the refusal (RFC 4028 9). */
export function isSessionTooShort(request: SipRequest): boolean {
  if (!refreshers.has(request.method)) return false
  const offered = sessionExpiresOf(request)
  return offered !== undefined && offered.seconds < shortestSession && knowsSessionTimers(request)
}

export function refuseShortSession(context: EdgeContext, transaction: ServerTransaction): void {
  answerNow(context, transaction, 422, { headers: [['Min-SE', shortestSession]] })
}

/** Adds to our 2xx what the caller's wish for a session timer asks for (RFC 4028 9), unless the application has said it. */
export function agreeOnSession(request: SipRequest, response: SipResponse): void {
  const offered = sessionExpiresOf(request)
  if (!refreshers.has(request.method) || !offered || response.has('Session-Expires') || !knowsSessionTimers(request))
    return
  const refresher = offered.refresher ?? 'uac'
  response.add('Session-Expires', `${offered.seconds};refresher=${refresher}`)
  if (refresher === 'uac' && !response.values('Require').includes('timer')) response.add('Require', 'timer')
}

/** Our 2xx to a request of the far end is out. */
export function sessionAnswered(
  context: EdgeContext,
  dialog: Dialog,
  request: SipRequest,
  response: SipResponse,
): void {
  if (!refreshers.has(request.method)) return
  noteSession(dialog, request, response)
  const agreed = sessionExpiresOf(response)
  restart(context, dialog, agreed, agreed?.refresher === 'uas')
}

/** The far end's 2xx to a request of ours has come. */
export function sessionAccepted(
  context: EdgeContext,
  dialog: Dialog,
  request: SipRequest,
  response: SipResponse,
): void {
  if (!refreshers.has(request.method)) return
  noteSession(dialog, response, request)
  const agreed = sessionExpiresOf(response)
  restart(context, dialog, agreed, agreed !== undefined && agreed.refresher !== 'uas')
}

/** What a refresh will need: our last session description, and whether the far end takes UPDATE. */
function noteSession(dialog: Dialog, theirs: SipMessage, ours: SipMessage): void {
  if (theirs.has('Allow')) dialog.takesUpdate = theirs.values('Allow').includes('UPDATE')
  if (ours.contentType === 'application/sdp') dialog.localSdp = ours.body
}

function restart(context: EdgeContext, dialog: Dialog, agreed: SessionExpires | undefined, isOurs: boolean): void {
  dialog.sessionTimer?.stop()
  dialog.sessionTimer = undefined
  if (!agreed || dialog.state === 'terminated') return
  dialog.sessionTimer = new SessionTimer(context.timers, {
    seconds: agreed.seconds,
    isOurs,
    refresh: () => refresh(context, dialog, agreed.seconds),
    expired: () => hangUp(context, dialog, 'SIP;cause=200;text="Session timer expired"'),
  })
}

/** An UPDATE without a body if the far end takes it, else the session as it is in a re-INVITE. */
function refresh(context: EdgeContext, dialog: Dialog, seconds: number): void {
  // A session that is just being changed is refreshed by that.
  if (dialog.inviteInProgress !== 'none') return
  const method = dialog.takesUpdate || !dialog.localSdp ? 'UPDATE' : 'INVITE'
  const body = method === 'INVITE' ? dialog.localSdp : undefined
  const headers: [string, string][] = [
    ['Contact', dialog.localContact],
    ['Supported', 'timer'],
    ['Session-Expires', `${seconds};refresher=uac`],
    ...(body ? [['Content-Type', 'application/sdp'] as [string, string]] : []),
  ]
  const request = makeDialogRequest(dialog, { method, seq: dialog.nextSeq(), headers, ...(body && { body }) })
  if (method === 'INVITE') dialog.inviteInProgress = 'ours'
  routeInDialog(context, dialog, request)
    .then((route) => new RequestAttempts(context, request, { route }, refreshUser(context, dialog, request)).start())
    .catch((thrown: unknown) =>
      context.logger.warn({ err: thrown, callId: dialog.callId }, 'a session was not refreshed'),
    )
}

function refreshUser(context: EdgeContext, dialog: Dialog, request: SipRequest): ClientUser {
  const isInvite = request.method === 'INVITE'
  let isAnswered = false
  return {
    answered: (response) => {
      const { status } = response
      context.counters.responseIn(status)
      if (status < 200) return
      if (isInvite) dialog.inviteInProgress = 'none'
      if (status < 300 && isInvite) acknowledgeRefresh(context, dialog, request, isAnswered)
      if (!isAnswered && status < 300) sessionAccepted(context, dialog, request, response)
      isAnswered = true
      // RFC 4028 10: the far end does not know the call any more.
      if (status === 481 || status === 408) hangUp(context, dialog, 'SIP;cause=481;text="Session lost"')
    },
    failed: () => {
      if (isInvite) dialog.inviteInProgress = 'none'
      if (dialog.state !== 'terminated') hangUp(context, dialog, 'SIP;cause=408;text="Session refresh failed"')
    },
  }
}

function acknowledgeRefresh(context: EdgeContext, dialog: Dialog, request: SipRequest, isRepeated: boolean): void {
  const { answeredInvite } = dialog
  if (isRepeated) answeredInvite?.ack?.outlet.send(answeredInvite.ack.bytes, { sendFailed: () => undefined })
  else {
    dialog.answeredInvite = { seq: request.cseq.number }
    void acknowledge(context, dialog)
  }
}
