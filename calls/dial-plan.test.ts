import { test } from 'tap'
import type { DeviceId, Extension, UserId } from '../core/ids.ts'
import type { Device } from '../store/device.ts'
import { defaultCallHandling, type User } from '../store/user.ts'
import { DialPlan } from './dial-plan.ts'

function user(id: string, extension: string): User {
  return {
    id: id as UserId,
    name: id,
    email: undefined,
    extension: extension as Extension,
    role: 'user',
    passwordHash: undefined,
    mobile: undefined,
    timeZone: undefined,
    plan: undefined,
    callHandling: defaultCallHandling,
    createdAtMs: 0,
    updatedAtMs: 0,
    version: 1,
  }
}

function device(id: string, userId: UserId): Device {
  const common = { label: id, kind: 'desk', mac: undefined, model: undefined, sipUsername: id } as const
  return { id: id as DeviceId, userId, ...common, createdAtMs: 0, updatedAtMs: 0, version: 1 }
}

/** A store of two users to a page. */
function planOf(users: User[]) {
  const plan = new DialPlan({
    users: {
      find: async (id) => users.find((each) => each.id === id),
      list: async ({ cursor = '0' }) => {
        const at = Number(cursor)
        return { items: users.slice(at, at + 2), next: at + 2 < users.length ? String(at + 2) : undefined }
      },
    },
    devices: { listByUser: async (userId) => [device(`${userId}-desk`, userId)] },
  })
  return plan
}

void test('the plan has every user of every page with his devices', async (t) => {
  const plan = planOf([user('a', '1'), user('b', '2'), user('c', '3')])
  await plan.load()
  t.equal(plan.snapshot().usersById.size, 3)
  t.match(plan.snapshot().usersByExtension.get('3'), { id: 'c', devices: [{ id: 'c-desk', kind: 'desk' }] })
  t.strictSame(plan.deviceIds(), ['a-desk', 'b-desk', 'c-desk'])
})

void test('a user who moves to another extension leaves the old one, and one who goes leaves the plan', async (t) => {
  const users = [user('a', '1')]
  const plan = planOf(users)
  await plan.load()
  users[0] = user('a', '9')
  await plan.refresh('a' as UserId)
  t.strictSame([...plan.snapshot().usersByExtension.keys()], ['9'])
  users.pop()
  await plan.refresh('a' as UserId)
  t.equal(plan.snapshot().usersById.size, 0)
  t.equal(plan.snapshot().usersByExtension.size, 0)
})

void test('two users who change numbers both keep theirs', async (t) => {
  const users = [user('a', '1'), user('b', '2')]
  const plan = planOf(users)
  await plan.load()
  users.splice(0, 2, user('a', '2'), user('b', '1'))
  await plan.refresh('a' as UserId)
  await plan.refresh('b' as UserId)
  t.equal(plan.snapshot().usersByExtension.get('2')?.id, 'a')
  t.equal(plan.snapshot().usersByExtension.get('1')?.id, 'b')
})
