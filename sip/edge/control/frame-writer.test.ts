import { Writable } from 'node:stream'
import { test } from 'tap'
import { FrameWriter, makeFrame, type FrameSink } from './frame-writer.ts'

/** Collects what is written, one entry for each write. */
function paper() {
  const writes: string[] = []
  const sink: FrameSink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.toString())
      done()
    },
  })
  return { writes, writer: new FrameWriter(sink) }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
const text = (name: string) => Buffer.from(name)

async function turns(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) await turn()
}

void test('a frame: its length in bytes, an id, the fields, the message', (t) => {
  const frame = makeFrame('sip|é', Buffer.from('OPTIONS ✓')).toString()
  const [, length = '', rest = ''] = /^(\d+)#(.*)$/s.exec(frame) ?? []
  t.equal(Number(length), Buffer.byteLength(rest))
  t.match(rest, /^[\da-f-]{36}\|sip\|é\r\nOPTIONS ✓$/)
  t.match(makeFrame('response|1|OK').toString(), /\|response\|1\|OK$/)
  t.end()
})

void test('what comes from the network waits two turns after an answer', async (t) => {
  const { writes, writer } = paper()
  writer.answer(text('ok'))
  writer.tell(text('180'), 'call')
  t.strictSame(writes, ['ok'])
  await turn()
  t.strictSame(writes, ['ok'])
  await turn()
  t.strictSame(writes, ['ok', '180'])
})

void test('without an answer before it goes at once', (t) => {
  const { writes, writer } = paper()
  writer.tell(text('one'), 'a')
  writer.tell(text('two'), 'b')
  t.strictSame(writes, ['one', 'two'])
  t.end()
})

void test('two frames of one topic never go in one turn, and keep their order', async (t) => {
  const { writes, writer } = paper()
  writer.tell(text('200'), 'call')
  writer.tell(text('BYE'), 'call')
  writer.tell(text('other'), 'other')
  t.strictSame(writes, ['200'])
  await turns(4)
  t.strictSame(writes, ['200', 'BYEother'])
})

void test('many waiting frames go in few writes', async (t) => {
  const { writes, writer } = paper()
  writer.answer(text('ok'))
  for (let call = 0; call < 100; call++) writer.tell(text(`${call} `), `call ${call}`)
  await turns(3)
  t.equal(writes.length, 2)
})

void test('answers without end do not hold up the network for ever', async (t) => {
  const { writes, writer } = paper()
  writer.answer(text('ok'))
  writer.tell(text('180'), 'call')
  for (let round = 0; round < 3; round++) {
    await turn()
    writer.answer(text('ok'))
  }
  t.ok(writes.includes('180'))
})
