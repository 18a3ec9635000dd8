import { test } from 'tap'
import { digitOfInfo } from './digit-of-info.ts'

const cases = [
  ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5'],
  ['application/dtmf-relay', 'Signal= *\r\nDuration= 160\r\n', '*'],
  ['Application/DTMF-Relay; x=y', 'signal=11\r\n', '#'],
  ['application/dtmf', '7', '7'],
  ['application/dtmf', '10', '*'],
  ['application/dtmf', 'd', 'D'],
  ['application/dtmf', '55', undefined],
  ['application/dtmf-relay', 'Duration=160', undefined],
  ['application/media_control+xml', '<x/>', undefined],
  ['', '5', undefined],
] as const

for (const [type, body, expected] of cases) {
  void test(`INFO ${type || 'without a type'} ${JSON.stringify(body)}`, (t) => {
    t.equal(digitOfInfo(type, body), expected)
    t.end()
  })
}
