import express, { type Express } from 'express'
import { Authenticator } from './authenticator.ts'
import type { AdminApiContext } from './context.ts'
import { IdempotentPosts } from './idempotent-posts.ts'
import { LoginThrottle } from './login-throttle.ts'
import { Login } from './login.ts'
import { mountRoutes } from './mount-routes.ts'
import { Problem } from './problem.ts'
import { requestLog } from './request-log.ts'
import type { Route } from './route.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { auditLogRoutes } from './routes/audit-log.ts'
import { banRoutes } from './routes/bans.ts'
import { callRoutes } from './routes/calls.ts'
import { deviceRoutes } from './routes/devices.ts'
import { passwordRoutes } from './routes/passwords.ts'
import { registrationRoutes } from './routes/registrations.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { settingsRoutes } from './routes/settings.ts'
import { systemRoutes } from './routes/system.ts'
import { userRoutes } from './routes/users.ts'
import { voicemailRoutes } from './routes/voicemails.ts'
import { securityHeaders } from './security-headers.ts'
import { problemHandler } from './send-problem.ts'

/** The administration API as an Express application. */
export function createAdminApi(context: AdminApiContext): Express {
  const { database, clock, localKey, validatesAnswers = false, changesFollowed } = context
  const logger = context.logger.child({ part: 'admin-api' })
  const app = expressApp(context)
  app.use(requestLog(logger, clock), securityHeaders())
  mountRoutes(app, allRoutes({ ...context, logger }), {
    authenticator: new Authenticator({ database, clock, localKey }),
    idempotentPosts: new IdempotentPosts({ keys: database.idempotencyKeys, clock }),
    validatesAnswers,
    changesFollowed,
  })
  app.use((request) => {
    throw new Problem('not-found', `there is nothing at ${request.path}`)
  })
  app.use(problemHandler(logger))
  return app
}

function expressApp({ trustedProxies = [] }: AdminApiContext): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('case sensitive routing')
  app.set('query parser', 'simple')
  app.set('trust proxy', [...trustedProxies])
  return app
}

function allRoutes(context: AdminApiContext): readonly Route[] {
  const login = new Login(context.database.users, new LoginThrottle(context.clock))
  return [
    ...sessionRoutes(context, login),
    ...userRoutes(context),
    ...passwordRoutes(context, login),
    ...deviceRoutes(context),
    ...registrationRoutes(context),
    ...banRoutes(context),
    ...callRoutes(context),
    ...voicemailRoutes(context),
    ...settingsRoutes(context),
    ...apiKeyRoutes(context),
    ...auditLogRoutes(context),
    ...systemRoutes(context),
  ]
}
