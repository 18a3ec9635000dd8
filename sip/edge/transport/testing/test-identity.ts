import { readFileSync } from 'node:fs'
import type { TlsIdentity } from '../tls-identity.ts'

const folder = 'test/fixtures/tls'

export const testAuthority = readFileSync(`${folder}/ca.pem`)

/** See the folder's README for the names in each. */
export function testIdentity(name: 'server' | 'renewed' | 'carrier', more: Partial<TlsIdentity> = {}): TlsIdentity {
  return {
    key: readFileSync(`${folder}/${name}.key`),
    cert: readFileSync(`${folder}/${name}.pem`),
    ca: [testAuthority],
    ...more,
  }
}
