import { test } from 'tap'
import { NoMediaPort } from '../media-errors.ts'
import { PortPool } from './port-pool.ts'

void test('even ports, each once, until there are none; given back they come last', (t) => {
  const pool = new PortPool({ from: 20_001, to: 20_009 })
  const taken = [pool.take(), pool.take(), pool.take(), pool.take()]
  t.strictSame([...taken].sort(), [20_002, 20_004, 20_006, 20_008])
  t.throws(() => pool.take(), NoMediaPort)
  pool.giveBack(taken[2]!)
  pool.giveBack(taken[0]!)
  t.equal(pool.free, 2)
  t.equal(pool.take(), taken[2])
  t.equal(new PortPool({ from: 9, to: 9 }).free, 0)
  t.end()
})
