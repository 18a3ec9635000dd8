import { test } from 'tap'
import { Disposer } from './disposer.ts'

void test('releases last acquired first, once, and tries everything', async (t) => {
  const order: string[] = []
  const disposer = new Disposer()
  disposer.defer(() => void order.push('first'))
  disposer.defer(() => {
    throw new Error('second failed')
  })
  const takeBack = disposer.defer(() => void order.push('never'))
  disposer.use({ close: async () => void order.push('third') })
  takeBack()
  await t.rejects(disposer.close(), { message: 'some resources could not be released' })
  t.strictSame(order, ['third', 'first'])
  await t.rejects(disposer.close(), 'the same end again')
  t.strictSame(order, ['third', 'first'])
})
