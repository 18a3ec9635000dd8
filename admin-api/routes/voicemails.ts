import type { UserId, VoicemailId } from '../../core/ids.ts'
import type { Voicemail } from '../../store/voicemail.ts'
import type { AdminApiContext } from '../context.ts'
import {
  deleteVoicemail,
  getVoicemail,
  getVoicemailAudio,
  listVoicemails,
  updateVoicemail,
} from '../contracts/voicemails.ts'
import { mayActFor, type Principal } from '../principal.ts'
import { fieldProblem, Problem } from '../problem.ts'
import { recordChange } from '../record-change.ts'
import { recordingPath, removeRecording } from '../recording-file.ts'
import { route, type Route, type RouteRequest } from '../route.ts'
import { voicemailView } from '../views/voicemail-view.ts'

export function voicemailRoutes(context: AdminApiContext): readonly Route[] {
  const { database, dataDir } = context
  return [
    route(listVoicemails, async ({ query, principal }) => {
      const { userId, ...paging } = query
      const page = await database.voicemails.list({ ...paging, userId: mailboxOwner(principal, userId) })
      return { json: { items: page.items.map(voicemailView), next: page.next ?? null } }
    }),
    route(getVoicemail, async ({ params, principal }) => {
      return { json: voicemailView(await visibleVoicemail(context, principal, params.id)) }
    }),
    route(getVoicemailAudio, async ({ params, principal }) => {
      const voicemail = await visibleVoicemail(context, principal, params.id)
      return { file: recordingPath(dataDir, voicemail.file) }
    }),
    route(updateVoicemail, (request) => mark(context, request)),
    route(deleteVoicemail, (request) => remove(context, request)),
  ]
}

/** Messages are private: a supervisor has no more of them than a plain user. */
function mailboxOwner(principal: Principal, asked: string | undefined): UserId {
  const userId = (asked ?? (principal.kind === 'person' ? principal.user.id : undefined)) as UserId | undefined
  if (userId === undefined) {
    throw fieldProblem({ in: 'query', path: 'userId', message: 'is required with an API key' })
  }
  if (!mayActFor(principal, userId, 'admin')) throw new Problem('forbidden', 'a user sees only what is his')
  return userId
}

async function visibleVoicemail({ database }: AdminApiContext, principal: Principal, id: string): Promise<Voicemail> {
  const voicemail = await database.voicemails.find(id as VoicemailId)
  if (!voicemail || !mayActFor(principal, voicemail.userId, 'admin')) {
    throw new Problem('not-found', `there is no voicemail ${id}`)
  }
  return voicemail
}

async function mark(context: AdminApiContext, request: RouteRequest<typeof updateVoicemail>) {
  const { database, clock } = context
  const before = await visibleVoicemail(context, request.principal, request.params.id)
  const heardAtMs = request.body.isHeard ? (before.heardAtMs ?? clock.now()) : null
  const after = await database.transaction(async (repositories) => {
    const marked = await repositories.voicemails.markHeard(before.id, heardAtMs)
    const views = { before: voicemailView(before), after: voicemailView(marked) }
    await recordChange(repositories, clock, request, { action: 'voicemail.update', targetId: marked.id, ...views })
    return marked
  })
  return { json: voicemailView(after) }
}

async function remove(context: AdminApiContext, request: RouteRequest<typeof deleteVoicemail>) {
  const voicemail = await visibleVoicemail(context, request.principal, request.params.id)
  await context.database.transaction(async (repositories) => {
    await repositories.voicemails.remove(voicemail.id)
    const change = { action: 'voicemail.delete', targetId: voicemail.id, before: voicemailView(voicemail) }
    await recordChange(repositories, context.clock, request, change)
  })
  await removeRecording(context, voicemail.file)
  return {}
}
