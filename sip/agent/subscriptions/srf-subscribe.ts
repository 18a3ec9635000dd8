import type { SipAccount } from '../accounts.ts'
import { dialledNumber } from '../dialled-number.ts'
import { sendAnswer } from '../send-answer.ts'
import type { SrfConnection, SrfDialog, SrfRequest, SrfResponse } from '../srf.ts'
import type { SubscribeRequest } from './subscribe-request.ts'
import type { Notification, SubscriptionDialog } from './subscription-dialog.ts'

/** A SUBSCRIBE that came through drachtio-srf. */
export function subscribeRequestOf(
  srf: SrfConnection,
  request: SrfRequest,
  response: SrfResponse,
  account: SipAccount,
): SubscribeRequest {
  const event = request.get('event') ?? ''
  return {
    account,
    event,
    user: dialledNumber(request),
    expires: request.get('expires'),
    refuse: (answer) => sendAnswer(response, answer),
    accept: async (expiresSeconds) => {
      const headers = { Expires: String(expiresSeconds) }
      return dialogOf(await srf.createUAS(request, response, { headers }), event)
    },
  }
}

function dialogOf(dialog: SrfDialog, event: string): SubscriptionDialog {
  return {
    notify: async (notification) => {
      const { state, document } = notification
      const response = await dialog.request({
        method: 'NOTIFY',
        headers: headersOf(event, state, document?.contentType),
        body: document?.text ?? '',
      })
      return response.status
    },
    onRefresh: (listener) => {
      dialog.on('subscribe', (request, response) =>
        listener({
          event: request.get('event') ?? '',
          expires: request.get('expires'),
          refuse: (answer) => sendAnswer(response, answer),
          accept: (expiresSeconds) => response.send(200, { headers: { Expires: String(expiresSeconds) } }),
        }),
      )
    },
    onUnsubscribed: (listener) => dialog.on('unsubscribe', listener),
  }
}

/** The Event header goes back as it came: its id tells subscriptions of one phone apart (RFC 6665 8.2.1). */
function headersOf(event: string, state: Notification['state'], contentType: string | undefined) {
  const headers = { Event: event, 'Subscription-State': state }
  return contentType === undefined ? headers : { ...headers, 'Content-Type': contentType }
}
