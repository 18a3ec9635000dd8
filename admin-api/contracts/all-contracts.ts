import { apiKeyContracts } from './api-keys.ts'
import { auditLogContracts } from './audit-log.ts'
import { banContracts } from './bans.ts'
import { callContracts } from './calls.ts'
import type { Contract } from './contract.ts'
import { deviceContracts } from './devices.ts'
import { registrationContracts } from './registrations.ts'
import { sessionContracts } from './sessions.ts'
import { settingsContracts } from './settings.ts'
import { systemContracts } from './system.ts'
import { userContracts } from './users.ts'
import { voicemailContracts } from './voicemails.ts'

/** Every route of the API. */
export const allContracts: readonly Contract[] = [
  ...sessionContracts,
  ...userContracts,
  ...deviceContracts,
  ...registrationContracts,
  ...banContracts,
  ...callContracts,
  ...voicemailContracts,
  ...settingsContracts,
  ...apiKeyContracts,
  ...auditLogContracts,
  ...systemContracts,
]
