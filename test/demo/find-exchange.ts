import { parseArgs } from 'node:util'
import { readLocalKey } from '../../admin-api/local-key.ts'
import { loadConfig } from '../../config/load-config.ts'
import { asError } from '../../core/errors.ts'
import { ApiClient } from '../support/api-client.ts'

/** Something the person who runs the demo has to do; its message is all there is to say. */
export class DemoRefused extends Error {}

const usage = `Usage: npm run demo -- [--url http://host:port] [--login admin] [--password …]
Without a password the key that a running exchange keeps in its data directory is used.`

/**
 * The exchange that the flags name, or the one of this folder's configuration, with somebody logged in.
 * @throws DemoRefused
 */
export async function findExchange(argv: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<ApiClient> {
  const { url, login, password } = flagsOf(argv)
  const config = loadConfig({ cwd, env })
  const base = (url ?? ownUrl(config.http)).replace(/\/$/, '')
  const secret = password ?? env['STROWGER_ADMIN_PASSWORD']
  const api = new ApiClient(base, secret === undefined ? await readLocalKey(config.dataDir) : undefined)
  await mustAnswer(api)
  if (secret !== undefined) await mustLogIn(api, login, secret)
  else if ((await api.call('GET', '/users?limit=1')).status !== 200) {
    throw new DemoRefused(
      `The exchange at ${base} is not the one of ${config.dataDir}: give the administrator's --password.`,
    )
  }
  return api
}

function ownUrl({ host = 'localhost', port }: { host: string | undefined; port: number }): string {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

function flagsOf(argv: readonly string[]) {
  try {
    const options = {
      url: { type: 'string' },
      login: { type: 'string', default: 'admin' },
      password: { type: 'string' },
    } as const
    return parseArgs({ args: [...argv], options }).values
  } catch (thrown) {
    throw new DemoRefused(`${asError(thrown).message}\n${usage}`, { cause: thrown })
  }
}

async function mustAnswer(api: ApiClient): Promise<void> {
  try {
    const { status } = await api.call('GET', '/readyz')
    if (status !== 200) throw new DemoRefused(`The exchange at ${api.base} is not ready yet (${status}).`)
  } catch (thrown) {
    if (thrown instanceof DemoRefused) throw thrown
    throw new DemoRefused(`No exchange answers at ${api.base}: start one with 'npm start' first.`, { cause: thrown })
  }
}

async function mustLogIn(api: ApiClient, login: string, password: string): Promise<void> {
  try {
    await api.logIn(login, password)
  } catch (thrown) {
    throw new DemoRefused(`The exchange does not let '${login}' in with that password.`, { cause: thrown })
  }
}
