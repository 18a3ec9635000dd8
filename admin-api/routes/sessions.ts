import type { SessionId } from '../../core/ids.ts'
import type { Session } from '../../store/sessions.ts'
import { newToken } from '../../store/token.ts'
import { sessionCookie } from '../bearer-token.ts'
import type { AdminApiContext } from '../context.ts'
import {
  createSession,
  deleteCurrentSession,
  deleteSession,
  getCurrentSession,
  listSessions,
} from '../contracts/sessions.ts'
import type { Login } from '../login.ts'
import type { Person, Principal } from '../principal.ts'
import { Problem } from '../problem.ts'
import { readSettings } from '../read-settings.ts'
import { recordChange } from '../record-change.ts'
import { route, type Asked, type Route, type RouteRequest } from '../route.ts'
import { isoTime } from '../views/iso-time.ts'
import { sessionView } from '../views/session-view.ts'
import { userView } from '../views/user-view.ts'

const dayMs = 24 * 60 * 60_000

export function sessionRoutes(context: AdminApiContext, login: Login): readonly Route[] {
  const { database } = context
  return [
    route(createSession, (request) => logIn(context, login, request)),
    route(getCurrentSession, async ({ principal }) => {
      const { session, user } = personOf(principal)
      return { json: { session: sessionView(session, session), user: userView(user) } }
    }),
    route(deleteCurrentSession, async (request) => {
      await end(context, request, personOf(request.principal).session)
      return { headers: { 'Set-Cookie': cookie('', 0, request.asked) } }
    }),
    route(listSessions, async ({ principal }) => {
      if (principal.kind === 'machine') return { json: { items: [], next: null } }
      const sessions = await database.sessions.listByUser(principal.user.id)
      const views = sessions.map((session) => sessionView(session, principal.session))
      return { json: { items: views.reverse(), next: null } }
    }),
    route(deleteSession, async (request) => {
      const { params, principal } = request
      const sessions = await database.sessions.listByUser(personOf(principal).user.id)
      const session = sessions.find(({ id }) => id === (params.id as SessionId))
      if (!session) throw new Problem('not-found', `there is no session ${params.id}`)
      await end(context, request, session)
      return {}
    }),
  ]
}

async function end(
  { database, clock }: AdminApiContext,
  changer: { readonly principal: Principal; readonly asked: Asked },
  session: Session,
): Promise<void> {
  await database.transaction(async (repositories) => {
    await repositories.sessions.remove(session.id)
    await recordChange(repositories, clock, changer, { action: 'session.delete', targetId: session.id })
  })
}

function personOf(principal: Principal): Person {
  if (principal.kind === 'machine') throw new Problem('not-found', 'an API key has no session')
  return principal
}

async function logIn(context: AdminApiContext, login: Login, { body, asked }: RouteRequest<typeof createSession>) {
  const { database, clock } = context
  const user = await login.verify({ ...body, address: asked.address })
  const { sessionDays } = await readSettings(database.settings)
  const { token, tokenHash } = newToken('session')
  const session = await database.transaction(async (repositories) => {
    const created = await repositories.sessions.create({
      userId: user.id,
      tokenHash,
      address: asked.address,
      userAgent: asked.userAgent,
      expiresAtMs: clock.now() + sessionDays * dayMs,
    })
    const principal: Person = { kind: 'person', user, session: created, role: user.role }
    await recordChange(repositories, clock, { principal, asked }, { action: 'session.create', targetId: created.id })
    return created
  })
  const headers = { 'Set-Cookie': cookie(token, sessionDays * (dayMs / 1000), asked) }
  return { json: { token, expiresAt: expiryOf(session), user: userView(user) }, headers }
}

function expiryOf(session: Session): string {
  return isoTime(session.expiresAtMs)
}

/** RFC 6265 section 4.1: scripts cannot read it, other sites' pages cannot send it. */
function cookie(token: string, maxAgeSeconds: number, { isSecure }: Asked): string {
  const parts = [`${sessionCookie}=${token}`, 'Path=/', `Max-Age=${maxAgeSeconds}`, 'HttpOnly', 'SameSite=Strict']
  return [...parts, ...(isSecure ? ['Secure'] : [])].join('; ')
}
