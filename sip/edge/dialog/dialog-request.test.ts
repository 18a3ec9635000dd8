import { Socket } from 'node:net'
import { test } from 'tap'
import { FakeClock } from '../../../core/fake-clock.ts'
import { AppConnection } from '../control/app-connection.ts'
import { noFlow, request, response } from '../transaction/test-harness.ts'
import { dialogOfClient, dialogOfServer } from './dialog.ts'
import { makeDialogRequest } from './dialog-request.ts'
import { DialogTable } from './dialog-table.ts'

const app = new AppConnection(new Socket(), new FakeClock())
const making = { id: 'id', localContact: '', flow: noFlow, transactionId: 'txn', app }

function called(recordRoute: readonly string[] = []) {
  const invite = request('INVITE').set('Contact', '<sip:alice@192.0.2.55>')
  if (recordRoute.length > 0) invite.set('Record-Route', recordRoute)
  return dialogOfServer(invite, 'ours', making)
}

void test('a request of the called side', (t) => {
  const bye = makeDialogRequest(called(), { method: 'BYE', seq: 2, headers: [['Reason', 'SIP;cause=200']] })
  t.equal(bye.uri, 'sip:alice@192.0.2.55')
  t.equal(bye.get('From'), '<sip:bob@192.0.2.9>;tag=ours')
  t.equal(bye.get('To'), '<sip:alice@192.0.2.1>;tag=from')
  t.equal(bye.get('CSeq'), '2 BYE')
  t.equal(bye.get('Reason'), 'SIP;cause=200')
  t.notOk(bye.has('Route'))
  t.end()
})

void test('a request of the calling side: routes of the answer in reverse', (t) => {
  const invite = request('INVITE')
  const ok = response(invite, 200, 'theirs')
    .set('Contact', '<sip:bob@192.0.2.77>')
    .set('Record-Route', ['<sip:near;lr>', '<sip:far;lr>'])
  const dialog = dialogOfClient(invite, ok, making)
  const bye = makeDialogRequest(dialog, { method: 'BYE', seq: dialog.nextSeq() })
  t.equal(bye.uri, 'sip:bob@192.0.2.77')
  t.strictSame(bye.values('Route'), ['<sip:far;lr>', '<sip:near;lr>'])
  t.equal(bye.get('To'), '<sip:bob@192.0.2.9>;tag=theirs')
  t.equal(bye.cseq.number, 2)
  t.end()
})

void test('a strict router takes the Request-URI, and the target becomes the last route', (t) => {
  const bye = makeDialogRequest(called(['<sip:strict.example.com>', '<sip:next;lr>']), { method: 'BYE', seq: 2 })
  t.equal(bye.uri, 'sip:strict.example.com')
  t.strictSame(bye.values('Route'), ['<sip:next;lr>', '<sip:alice@192.0.2.55>'])
  t.end()
})

void test('a dialog is found by its tags and by its id until it is removed', (t) => {
  const table = new DialogTable()
  const dialog = called()
  table.add(dialog)
  const info = request('INFO', { toTag: 'ours' })
  t.equal(table.findForRequest(info), dialog)
  t.equal(table.findById('id'), dialog)
  t.equal(table.findForRequest(request('INFO', { toTag: 'other' })), undefined)
  t.equal(table.findForRequest(request('INFO', { toTag: 'ours', fromTag: 'other' })), undefined)
  t.equal(table.findForRequest(request('INFO')), undefined)
  table.remove(dialog)
  t.equal(dialog.state, 'terminated')
  t.equal(table.findForRequest(info), undefined)
  t.equal(table.size, 0)
  t.end()
})

void test('both ends of one call may be here: their ids differ', (t) => {
  const table = new DialogTable()
  const id = table.idFor('call', 'from', 'uas')
  t.equal(id, 'call;from-tag=from')
  const invite = request('INVITE').set('Contact', '<sip:alice@192.0.2.55>')
  table.add(dialogOfServer(invite, 'ours', { ...making, id }))
  t.equal(table.idFor('call', 'from', 'uas'), id)
  t.equal(table.idFor('call', 'from', 'uac'), 'call;from-tag=from;uac')
  t.end()
})
