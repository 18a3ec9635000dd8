import { test } from 'tap'
import { isWithinLimit, tableOf } from './measurement.ts'

void test('measurements become a table', async (t) => {
  t.equal(
    tableOf([
      { what: 'one', value: 0.12345, unit: 'ms', limit: 0.6 },
      { what: 'another', value: 12.34, unit: 's', note: 'why' },
    ]),
    [
      'what     measured  at most  note',
      '-------  --------  -------  ----',
      'one      0.123 ms  0.6 ms',
      'another  12.3 s             why',
    ].join('\n'),
  )
  t.ok(isWithinLimit({ what: '', value: 1, unit: '', limit: 1 }))
  t.notOk(isWithinLimit({ what: '', value: 1.1, unit: '', limit: 1 }))
})
