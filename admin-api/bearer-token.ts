import type { Request } from 'express'
import { Problem } from './problem.ts'

export const sessionCookie = 'strowger_session'

export interface PresentedToken {
  readonly token: string
  /** A cookie is sent by the browser whoever made the page: such a request must prove where it comes from. */
  readonly isCookie: boolean
}

/** The token of a request: the Authorization header (RFC 6750) before the cookie. */
export function presentedToken(request: Request): PresentedToken | undefined {
  const authorization = request.get('authorization')
  if (authorization !== undefined) {
    const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1]
    if (token === undefined) throw new Problem('not-authenticated', 'the Authorization header must be a Bearer token')
    return { token, isCookie: false }
  }
  const token = cookieOf(request, sessionCookie)
  return token === undefined ? undefined : { token, isCookie: true }
}

function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Refuses what another site's page makes a browser do with the cookie (cross-site request forgery). */
export function refuseCrossSite(request: Request): void {
  if (safeMethods.has(request.method) || isSameOrigin(request)) return
  throw new Problem('cross-site-request', 'a change with the session cookie must come from this site')
}

/** Refuses a browser that says it acts for another site; one that says nothing is let through. */
export function refuseForeignOrigin(request: Request): void {
  const isSilent = request.get('origin') === undefined && request.get('sec-fetch-site') === undefined
  if (!isSilent) refuseCrossSite(request)
}

/** Browsers set both headers themselves; a page cannot. Only the host counts: TLS may end in front of this server. */
function isSameOrigin(request: Request): boolean {
  const site = request.get('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = request.get('origin')
  if (origin === undefined || !URL.canParse(origin)) return false
  return new URL(origin).host === request.get('host')
}
