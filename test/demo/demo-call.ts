import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiCall, ApiClient } from '../support/api-client.ts'
import type { TestPhone } from '../support/phone/test-phone.ts'

export interface DemoParty {
  readonly phone: TestPhone
  readonly extension: string
  /** What it plays, in Hz. */
  readonly toneHz: number
}

/** One call with sound both ways, told step by step. */
export async function callAndTalk(caller: DemoParty, callee: DemoParty, tell: (line: string) => void): Promise<void> {
  await caller.phone.dials(callee.extension)
  await callee.phone.rings()
  tell(`${caller.phone.name} calls ${callee.extension}: ${callee.phone.name}'s phone rings.`)
  await callee.phone.answers()
  await caller.phone.isAnswered()
  tell(`${callee.phone.name} answers.`)
  await caller.phone.hears(callee.toneHz)
  tell(`${caller.phone.name} hears the ${callee.toneHz} Hz that ${callee.phone.name}'s phone plays.`)
  await callee.phone.hears(caller.toneHz)
  tell(`${callee.phone.name} hears the ${caller.toneHz} Hz that ${caller.phone.name}'s phone plays.`)
  await caller.phone.hangsUp()
  await callee.phone.isHungUp()
  tell(`${caller.phone.name} hangs up.`)
}

/** The call's row in the history, with its ladder, as soon as it is closed. */
export async function historyOf(api: ApiClient, fromNumber: string): Promise<ApiCall> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const row = (await api.calls('?limit=20')).find((call) => call.fromNumber === fromNumber)
    if (row?.endedAt) return api.ask<ApiCall>('GET', `/calls/${row.id}`)
    await sleep(50)
  }
  throw new Error(`the history has no finished call from ${fromNumber}`)
}
