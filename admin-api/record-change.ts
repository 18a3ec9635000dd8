import type { Clock } from '../core/clock.ts'
import type { Repositories } from '../store/repositories.ts'
import { actorIdOf, type Principal } from './principal.ts'
import type { Asked } from './route.ts'

interface Change {
  /** A verb with its resource, such as `user.update`. */
  readonly action: string
  readonly targetId: string
  /** Views as the API shows them, which hold no secrets. */
  readonly before?: unknown
  readonly after?: unknown
}

interface Changer {
  readonly principal: Principal
  readonly asked: Asked
}

/** Writes a change to the audit log: within the transaction that makes the change, so that neither is without the other. */
export async function recordChange(
  { auditLog }: Pick<Repositories, 'auditLog'>,
  clock: Clock,
  { principal, asked }: Changer,
  change: Change,
): Promise<void> {
  const [targetKind = ''] = change.action.split('.')
  await auditLog.append({
    ...change,
    targetKind,
    actorId: actorIdOf(principal),
    address: asked.address,
    atMs: clock.now(),
  })
}
