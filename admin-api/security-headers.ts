import type { RequestHandler } from 'express'

const headers = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
}

const oneYearSeconds = 31_536_000

/** What keeps browsers from making more of an API answer than it is. */
export function securityHeaders(): RequestHandler {
  return (request, response, next) => {
    response.set(headers)
    if (request.secure) response.set('Strict-Transport-Security', `max-age=${oneYearSeconds}`)
    next()
  }
}
