import type { ApiKey } from '../../store/api-keys.ts'
import type { ApiKeyView } from '../contracts/api-keys.ts'
import { isoTime, optionalIsoTime } from './iso-time.ts'

export function apiKeyView(key: ApiKey): ApiKeyView {
  return {
    id: key.id,
    name: key.name,
    scope: key.scope,
    role: key.role,
    createdBy: key.createdBy ?? null,
    createdAt: isoTime(key.createdAtMs),
    lastUsedAt: optionalIsoTime(key.lastUsedAtMs),
    expiresAt: optionalIsoTime(key.expiresAtMs),
  }
}
