import type { Express, RequestHandler } from 'express'
import { fullPathOf, type Method } from './contracts/contract.ts'
import { Problem } from './problem.ts'
import type { Route } from './route.ts'
import { serveRoute, type FrameDeps } from './serve-route.ts'

const verbs = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const satisfies Record<Method, string>

/** Mounts every route, and behind each path the refusal of the methods it does not have. */
export function mountRoutes(app: Express, routes: readonly Route[], deps: FrameDeps): void {
  const methodsAt = new Map<string, Method[]>()
  for (const route of routes) {
    const { method } = route.contract
    const path = expressPath(fullPathOf(route.contract))
    app[verbs[method]](path, (request, response) => serveRoute(route, deps, request, response))
    methodsAt.set(path, [...(methodsAt.get(path) ?? []), method])
  }
  for (const [path, methods] of methodsAt) app.route(path).all(otherMethods(methods))
}

/** `/users/{id}` as Express writes it: `/users/:id`. */
export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

/** RFC 9110 section 15.5.6: a refusal of the method names those there are. */
function otherMethods(methods: readonly Method[]): RequestHandler {
  const allow = [...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS'].join(', ')
  return (request, response) => {
    if (request.method !== 'OPTIONS') {
      throw new Problem('method-not-allowed', `use one of ${allow}`, { headers: { Allow: allow } })
    }
    response.status(204).set('Allow', allow).end()
  }
}
