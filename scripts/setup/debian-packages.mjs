import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { Complaint, isRoot, run, step } from './say.mjs'

/** Debian's package and a program of it, for machines where another system provides it. */
const neededByTests = {
  'sip-tester': 'sipp',
  'baresip-core': 'baresip',
  kamailio: 'kamailio',
  postgresql: 'psql',
  sox: 'sox',
}

export const isDebian = () => existsSync('/etc/debian_version')

async function missingPackages() {
  const names = Object.keys(neededByTests)
  if (isDebian()) {
    const { output } = await run('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\n', ...names])
    const installed = new Set(output.split('\n').filter((line) => line.endsWith(' installed')))
    return names.filter((name) => !installed.has(`${name} installed`))
  }
  const lookups = names.map((name) => run('sh', ['-c', `command -v ${neededByTests[name]}`]))
  const found = await Promise.all(lookups)
  return names.filter((_, index) => found[index].code !== 0)
}

/** Debian starts the services it installs; one that takes port 5060 would be in the way of the exchange. */
async function withoutStartingServices(install) {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return install()
  writeFileSync(policy, '#!/bin/sh\nexit 101\n')
  chmodSync(policy, 0o755)
  try {
    return await install()
  } finally {
    rmSync(policy, { force: true })
  }
}

/** Installs Debian packages; only root can. @throws Complaint when apt-get fails. */
export async function installDebianPackages(names, what) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // A stale list may still name files that exist: only the install itself has to succeed.
  await run('apt-get', ['update', '-q'], { env })
  const args = ['install', '-y', '-q', '--no-install-recommends', ...names]
  await withoutStartingServices(() => step(`${what} (${names.join(', ')})`, 'apt-get', args, { env }))
}

/** The real telephones and servers that the tests run against. @throws Complaint naming what to install. */
export async function ensureTestPackages() {
  const missing = await missingPackages()
  if (missing.length === 0) return
  if (!isDebian()) {
    const programs = missing.map((name) => neededByTests[name]).join(', ')
    throw new Complaint(`The tests need these programs: ${programs}. On Debian: apt-get install ${missing.join(' ')}`)
  }
  if (!isRoot) throw new Complaint(`The tests need Debian packages: sudo apt-get install -y ${missing.join(' ')}`)
  await installDebianPackages(missing, 'Installing what the tests run against')
}
