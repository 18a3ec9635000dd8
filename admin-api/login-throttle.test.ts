import { test } from 'tap'
import { FakeClock } from '../core/fake-clock.ts'
import { LoginThrottle } from './login-throttle.ts'

const minuteMs = 60_000

void test('ten failures for one login, then a wait that slides', async (t) => {
  const clock = new FakeClock()
  const throttle = new LoginThrottle(clock)
  for (let n = 0; n < 5; n++) throttle.attempt('alice', '192.0.2.1')
  await clock.advance(minuteMs)
  for (let n = 0; n < 5; n++) throttle.attempt('Alice', `192.0.2.${n}`)
  t.throws(() => throttle.attempt('ALICE', '198.51.100.1'), {
    code: 'too-many-attempts',
    message: /try again in 240 seconds/,
  })
  throttle.attempt('bob', '192.0.2.1')
  await clock.advance(4 * minuteMs)
  for (let n = 0; n < 5; n++) throttle.attempt('alice', '192.0.2.1')
  t.throws(() => throttle.attempt('alice', '192.0.2.1'), { message: /try again in 60 seconds/ })
  t.end()
})

void test('fifty failures from one address, whoever it tries', (t) => {
  const throttle = new LoginThrottle(new FakeClock())
  for (let n = 0; n < 50; n++) throttle.attempt(`user${n}`, '192.0.2.1')
  t.throws(() => throttle.attempt('alice', '192.0.2.1'), { code: 'too-many-attempts' })
  t.doesNotThrow(() => throttle.attempt('alice', '192.0.2.2'))
  t.end()
})

void test('success costs nothing', (t) => {
  const throttle = new LoginThrottle(new FakeClock())
  for (let n = 0; n < 9; n++) throttle.attempt('alice', '192.0.2.1')
  for (let n = 0; n < 100; n++) throttle.attempt('alice', '192.0.2.1')()
  t.doesNotThrow(() => throttle.attempt('alice', '192.0.2.1'))
  t.throws(() => throttle.attempt('alice', '192.0.2.1'))
  t.end()
})

void test('made-up names do not fill the memory', (t) => {
  const throttle = new LoginThrottle(new FakeClock())
  for (let n = 0; n < 10; n++) throttle.attempt('alice', `192.0.2.${n}`)
  for (let n = 0; n < 60_000; n++) throttle.attempt(`user${n}`, `address${n}`)
  t.ok(throttle.remembered <= 20_000)
  t.end()
})
