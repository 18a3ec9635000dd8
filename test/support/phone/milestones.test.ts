import { test } from 'tap'
import { Milestones } from './milestones.ts'

void test('gives what has happened and what happens later', async (t) => {
  const milestones = new Milestones<{ ringing: number; ended: string }>({ whose: () => 'alice', story: () => 'a\nb' })
  milestones.reach('ringing', 180)
  milestones.reach('ringing', 183)
  t.equal(await milestones.first('ringing'), 180)
  t.equal(await milestones.first('ringing'), 180)
  t.equal(await milestones.next('ringing'), 180)
  t.equal(await milestones.next('ringing'), 183)
  const later = milestones.next('ended')
  milestones.reach('ended', 'bye')
  t.equal(await later, 'bye')
  t.equal(milestones.has('ended'), true)
})

void test('says what is missing and what was there', async (t) => {
  const milestones = new Milestones<{ ringing: number; ended: string }>({ whose: () => 'alice', story: () => 'a\nb' })
  milestones.reach('ringing', 180)
  await t.rejects(milestones.first('ended', 20), {
    message: "not within 20 ms: 'ended' for alice; so far: ringing",
    story: ['a', 'b'],
  })
})

void test('after the last one nothing is waited for', async (t) => {
  type Details = { ringing: number; ended: string }
  const milestones = new Milestones<Details>({ whose: () => 'alice', story: () => '', last: 'ended' })
  const ringing = milestones.first('ringing')
  milestones.reach('ended', 'bye')
  await t.rejects(ringing, { message: "it is over: 'ringing' for alice; so far: ended" })
  await t.rejects(milestones.next('ringing'), { message: "it is over: 'ringing' for alice; so far: ended" })
  t.equal(await milestones.first('ended'), 'bye')
})
