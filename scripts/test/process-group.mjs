import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Ends every process of the group. */
export function endGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}

function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
}

/** Names of the processes of the group that still run; none where there is no /proc. */
function membersOf(leader) {
  let entries
  try {
    entries = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  } catch {
    return []
  }
  return entries.flatMap((pid) => {
    const found = /^\d+ \((.*)\) (\S) \d+ (\d+) /s.exec(statOf(pid) ?? '')
    if (!found || Number(found[3]) !== leader || found[2] === 'Z') return []
    return [found[1]]
  })
}

/** Who of the group is still there after `graceMs`; resolves at once when nobody is. */
export async function survivorsOf(leader, graceMs) {
  const until = Date.now() + graceMs
  let members = membersOf(leader)
  while (members.length > 0 && Date.now() < until) {
    await sleep(50)
    members = membersOf(leader)
  }
  return members
}
