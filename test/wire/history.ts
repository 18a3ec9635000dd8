import type { ApiCall } from '../support/api-client.ts'
import type { Office } from '../support/office.ts'
import { until } from './until.ts'

/** The newest call in the history, with its details, as soon as it has ended. */
export async function newestCall(office: Office, count = 1): Promise<ApiCall> {
  const rows = await until(
    () => office.api.calls(),
    (calls) => calls.length >= count && typeof calls[0]?.endedAt === 'string',
  )
  return office.api.ask<ApiCall>('GET', `/calls/${rows[0]?.id ?? ''}`)
}
