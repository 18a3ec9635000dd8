import { asError } from '../../core/errors.ts'
import { Disposer } from '../../core/disposer.ts'
import type { ApiCall, ApiClient } from '../support/api-client.ts'
import { drawLadder, summarise } from '../support/phone/ladder.ts'
import { callAndTalk, historyOf, type DemoParty } from './demo-call.ts'
import { dismiss, hire, phoneFor } from './demo-people.ts'
import { DemoRefused, findExchange } from './find-exchange.ts'

const tell = (line: string) => console.log(line)

/** Hires somebody and puts a registered test phone on his desk. */
async function settle(
  api: ApiClient,
  scope: Disposer,
  o: { name: string; transport: 'udp' | 'tcp'; toneHz: number },
): Promise<DemoParty> {
  const person = await hire(api, o.name)
  scope.defer(() => dismiss(api, person.user))
  const phone = await phoneFor(person, o.transport, o.toneHz)
  scope.defer(() => phone.close())
  await phone.registers()
  scope.defer(() => phone.unregisters())
  const { extension } = person.user
  tell(
    `${o.name} has extension ${extension}, registered over ${phone.options.transport.toUpperCase()} from ${phone.address}.`,
  )
  return { phone, extension, toneHz: o.toneHz }
}

function showLadder(call: ApiCall, parties: readonly DemoParty[]): void {
  const lines = (call.ladder ?? []).map((entry) => ({
    ...entry,
    atMs: Date.parse(entry.at),
    summary: summarise(entry.summary),
  }))
  const [caller, callee] = parties
  const names = new Map<string, string>()
  if (caller) names.set(caller.phone.address, caller.phone.name)
  const known = new Set(parties.map((party) => party.phone.address))
  for (const end of lines.flatMap((line) => [line.from, line.to])) if (!known.has(end)) names.set(end, 'Strowger')
  if (callee) names.set(callee.phone.address, callee.phone.name)
  tell(`\nThe call on the wire:\n\n${drawLadder(lines, names)}`)
}

function showHistory(call: ApiCall): void {
  const seconds = call.durationSeconds ?? 0
  tell(
    `\nThe history: ${call.startedAt}  ${call.fromNumber} -> ${call.toNumber}  ${call.outcome ?? 'running'}, ${seconds} s, ended by the ${call.endedBy ?? 'system'}  (${call.id})`,
  )
}

async function main(): Promise<void> {
  const api = await findExchange(process.argv.slice(2), process.env, process.cwd())
  tell(`The exchange at ${api.base} gets two visitors.`)
  await using scope = new Disposer()
  const alice = await settle(api, scope, { name: 'Demo Alice', transport: 'udp', toneHz: 440 })
  const bob = await settle(api, scope, { name: 'Demo Bob', transport: 'tcp', toneHz: 1000 })
  await callAndTalk(alice, bob, tell)
  const call = await historyOf(api, alice.extension)
  showLadder(call, [alice, bob])
  showHistory(call)
}

main().catch((thrown: unknown) => {
  console.error(thrown instanceof DemoRefused ? thrown.message : (asError(thrown).stack ?? ''))
  process.exitCode = 1
})
