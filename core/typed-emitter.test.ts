import { test } from 'tap'
import { TypedEmitter } from './typed-emitter.ts'

void test('listeners hear what they asked for until they leave', async (t) => {
  const emitter = new TypedEmitter<{ digit: [digit: string]; closed: [] }>()
  const heard: string[] = []
  const off = emitter.on('digit', (digit) => heard.push(digit))
  emitter.once('digit', (digit) => heard.push(`once ${digit}`))
  emitter.emit('digit', '1')
  emitter.emit('digit', '2')
  off()
  emitter.emit('digit', '3')
  emitter.emit('closed')
  t.strictSame(heard, ['1', 'once 1', '2'])

  const next = emitter.next('digit')
  emitter.emit('digit', '4')
  t.strictSame(await next, ['4'])

  const abort = new AbortController()
  const never = emitter.next('closed', abort.signal)
  abort.abort(new Error('gone'))
  await t.rejects(never, { message: 'gone' })
})
