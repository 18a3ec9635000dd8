import { test } from 'tap'
import { IllegalTransition, StateMachine, type Transitions } from './state-machine.ts'

const door = { open: { shut: 'closed' }, closed: { pull: 'open' } } as const satisfies Transitions<
  'open' | 'closed',
  'shut' | 'pull'
>

void test('moves only where the table says, and tells each move', (t) => {
  const moves: string[] = []
  const machine = new StateMachine<'open' | 'closed', 'shut' | 'pull'>('door', door, 'open', (...m) =>
    moves.push(m.join(' ')),
  )
  t.ok(machine.can('shut'))
  t.notOk(machine.can('pull'))
  t.equal(machine.move('shut'), 'closed')
  t.throws(() => machine.move('shut'), IllegalTransition)
  t.equal(machine.state, 'closed')
  t.strictSame(moves, ['open shut closed'])
  t.end()
})
