import basicAuth from '@fastify/basic-auth'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sameSecret } from '../ats/hmac.ts'
import { AdminError, toAdminError, unauthorized } from './admin-error.ts'
import type { AdminTools } from './admin-tools.ts'
import { apiRoutes } from './api-routes.ts'
import { serveAssets } from './assets.ts'
import { makeChanges } from './changes.ts'
import { makeLoginGate } from './login-gate.ts'
import { pageRoutes } from './page-routes.ts'
import { type Frame, sendPage } from './pages/layout.ts'
import { problemPage } from './pages/problem.ts'
import { queuesBoard } from './queues-board.ts'
import { isSameOrigin, originsOf } from './same-origin.ts'
import { keepWaitingHistory } from './waiting-history.ts'

const USER = 'admin'
const RETRY_AFTER_SECONDS = 5

/**
 * The admin API below `/api` and the dashboard below `/admin`, behind HTTP Basic and closed to other sites' pages.
 * Errors are `{"error":{"code","message"}}`, on pages a page. @see design.md sections 8 and 9
 */
export async function adminScope(app: FastifyInstance, tools: AdminTools): Promise<void> {
  await letIn(app, tools)
  app.addHook('onRequest', async (request) => {
    if (request.method === 'GET' || isSameOrigin(request, tools.publicUrl)) return
    throw new AdminError(403, 'cross-site', crossSiteWords(request, tools.publicUrl))
  })

  app.addHook('preHandler', async ({ params, query, body }) => {
    if (holdsNul(params)) throw nothingHere()
    if (holdsNul(query) || holdsNul(body))
      throw new AdminError(400, 'invalid', 'The request holds a NUL character, which no text here can hold.')
  })

  const frame: Frame = { asset: serveAssets(app), storeKind: tools.storeKind, now: tools.now }
  app.setErrorHandler((error, request, reply) => {
    const refusal = toAdminError(error)
    const { status, code, message } = refusal
    if (status === 500) request.log.error({ err: error }, 'admin request failed unexpectedly')
    return request.url.startsWith('/admin')
      ? sendPage(reply, frame, problemPage(refusal))
      : reply.code(status).send({ error: { code, message } })
  })

  const changes = makeChanges(tools)
  const stopHistory = keepWaitingHistory(tools)
  app.addHook('preClose', async () => {
    stopHistory()
    changes.close()
  })
  await app.register(apiRoutes, tools)
  await app.register(pageRoutes, { tools, frame, changes })
  await app.register(queuesBoard, { queue: tools.queue })
  for (const path of ['/admin/*', '/api/*']) {
    app.all(path, () => {
      throw nothingHere()
    })
  }
}

const nothingHere = () => new AdminError(404, 'not-found', 'There is nothing at this address.')

/** PostgreSQL takes no text with it. Every field that is sent here is a text or a list of texts. */
function holdsNul(fields: unknown): boolean {
  const values: unknown[] = Object.values(fields ?? {}).flat()
  return values.some((value) => typeof value === 'string' && value.includes('\0'))
}

async function letIn(app: FastifyInstance, tools: AdminTools): Promise<void> {
  const gate = makeLoginGate(app)
  await app.register(basicAuth, {
    authenticate: { realm: 'Interview Link Bridge' },
    validate: async (user, password, request) => {
      // Both are compared whole, so that the time taken tells nothing about either.
      const fits = [sameSecret(user, USER), sameSecret(password, tools.password)]
      if (!fits.includes(false)) return
      await gate.failed(request)
      throw unauthorized()
    },
  })
  app.addHook('onRequest', async (request, reply) => {
    if (await gate.enter(request)) return
    void reply.header('retry-after', String(RETRY_AFTER_SECONDS))
    throw new AdminError(429, 'too-many-logins', 'Too many wrong passwords from this address. Try again in a moment.')
  })
  app.addHook('onRequest', app.basicAuth)
}

function crossSiteWords(request: FastifyRequest, publicUrl: string | undefined): string {
  const { origin } = request.headers
  const from = origin === undefined ? 'another site' : origin
  return (
    `Requests from other sites cannot change anything. This one came from ${from}, and this service takes itself for ` +
    `${originsOf(request, publicUrl).join(' or ')}. Behind a proxy, set PUBLIC_URL, or let the proxy pass the host on ` +
    '(nginx: proxy_set_header Host $host).'
  )
}
