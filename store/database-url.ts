import { resolve } from 'node:path'
import { StartupError } from '../core/errors.ts'

/** Where the database is. `where` names it for people, without a password. */
export type DatabaseLocation =
  | { readonly kind: 'sqlite'; readonly file: string; readonly where: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly where: string }

/**
 * Reads `sqlite:<path>`, relative paths from the data directory, or `postgres://user:password@host:port/name`.
 * @throws StartupError
 */
export function parseDatabaseUrl(url: string, dataDir: string): DatabaseLocation {
  const scheme = /^[a-z]+(?=:)/i.exec(url)?.[0].toLowerCase()
  if (scheme === 'sqlite') {
    const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
    if (path !== '') return sqliteLocation(path, dataDir)
  }
  if (scheme === 'postgres' || scheme === 'postgresql') {
    if (URL.canParse(url)) return { kind: 'postgres', url, where: describePostgres(new URL(url)) }
  }
  throw new StartupError('the database URL must be sqlite:<path> or postgres://user:password@host:port/name')
}

function sqliteLocation(path: string, dataDir: string): DatabaseLocation {
  const file = path === ':memory:' ? path : resolve(dataDir, path)
  return { kind: 'sqlite', file, where: file }
}

function describePostgres(url: URL): string {
  const host = url.hostname === '' ? (url.searchParams.get('host') ?? 'localhost') : url.hostname
  const user = url.username === '' ? '' : `${url.username}@`
  return `postgres://${user}${host}:${url.port || '5432'}${url.pathname}`
}
