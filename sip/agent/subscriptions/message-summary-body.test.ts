import { test } from 'tap'
import { messageSummaryBody } from './message-summary-body.ts'

void test('the lamp is lit by what nobody has heard', (t) => {
  const cases = [
    [0, 0, 'no', '0/0'],
    [0, 5, 'no', '0/5'],
    [1, 0, 'yes', '1/0'],
    [12, 3, 'yes', '12/3'],
  ] as const
  for (const [unheard, heard, isWaiting, counts] of cases) {
    t.equal(
      messageSummaryBody({ unheard, heard }, 'sip:*97@office.example'),
      `Messages-Waiting: ${isWaiting}\r\nMessage-Account: sip:*97@office.example\r\nVoice-Message: ${counts} (0/0)\r\n`,
    )
  }
  t.end()
})
