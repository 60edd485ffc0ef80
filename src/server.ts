import rateLimit from '@fastify/rate-limit'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import type { Logger } from 'pino'
import { adminScope } from './admin/admin-scope.ts'
import type { AdminTools } from './admin/admin-tools.ts'
import { answerHeaders } from './answer-headers.ts'
import { type HealthTools, healthEndpoint } from './ops/health-endpoint.ts'
import type { Report } from './ops/report.ts'
import type { ReceiveTools } from './receive/accept-webhook.ts'
import type { NoteWebhooks } from './receive/note-webhooks.ts'
import { webhookEndpoint } from './receive/webhook-endpoint.ts'
import { type ResumeTools, resumeEndpoint } from './resume/resume-endpoint.ts'

export interface ServerParts {
  readonly log: Logger
  readonly report: Report
  readonly trustProxy: false | readonly string[]
  readonly health: HealthTools
  /** Absent in a process that does not receive. */
  readonly receive: (ReceiveTools & { readonly notes: NoteWebhooks; readonly isStopping: () => boolean }) | undefined
  /** Absent in a process that does not receive. */
  readonly resumes: ResumeTools | undefined
  /** Absent without ADMIN_PASSWORD. */
  readonly admin: AdminTools | undefined
}

/**
 * The HTTP server. Slow clients are cut off: with `requestTimeout` alone Node checks every 30 s and lets headers take
 * 60 s. @see reliability.md section 6
 */
export async function makeServer(parts: ServerParts): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: parts.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // Else each request is given a logger of its own, which costs a webhook a tenth of its time.
    childLoggerFactory: (log) => log,
    trustProxy: parts.trustProxy === false ? false : [...parts.trustProxy],
    requestTimeout: 10_000,
    keepAliveTimeout: 75_000,
    // An address that cannot be read is one that is not there; Fastify's own answer would repeat it.
    frameworkErrors: (_error, _request, reply) => void notFound(reply as FastifyReply),
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
  })
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode = 500, code } = error as { statusCode?: number; code?: string }
    if (statusCode >= 500) parts.log.error({ err: error }, 'request failed unexpectedly')
    const status = refusals[code ?? ''] ?? (statusCode >= 500 ? 'internal' : 'refused')
    return reply.code(statusCode).send({ status })
  })
  app.setNotFoundHandler((_request, reply) => notFound(reply))
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(answerHeaders)
    done()
  })
  // For whatever hangs in spite of its own limits. Not for webhooks, which come in thousands: Fastify would make an abort
  // signal for each and fire it at its end. All that one waits for is the store, whose calls have a limit.
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/webhooks/')) route.handlerTimeout ??= HANDLER_TIMEOUT_MS
  })

  await app.register(rateLimit, { global: false })
  await app.register(healthEndpoint, parts.health)
  if (parts.receive) {
    const { notes, isStopping, ...tools } = parts.receive
    await app.register(webhookEndpoint, { tools, report: parts.report, notes, isStopping })
  }
  if (parts.resumes) await app.register(resumeEndpoint, { tools: parts.resumes, report: parts.report })
  if (parts.admin) await app.register(adminScope, parts.admin)
  return app
}

const CLOSE_CHECK_MS = 50
/** Longer than a request may take to come in and be answered. */
const CLOSE_WITHIN_MS = 15_000

/**
 * Closes the server once every request that has begun is answered. Node closes idle connections only when it is told to
 * close: one whose answer was on its way then would be kept for the whole keep-alive time, and one whose request never
 * ends, which nothing watches any more, for ever.
 */
export async function closeServer(app: FastifyInstance, withinMs = CLOSE_WITHIN_MS): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), CLOSE_CHECK_MS)
  const all = setTimeout(() => app.server.closeAllConnections(), withinMs)
  try {
    await app.close()
  } finally {
    clearInterval(idle)
    clearTimeout(all)
  }
}

/** Longer than a body may take to come. */
const HANDLER_TIMEOUT_MS = 15_000

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).headers(answerHeaders).send({ status: 'not-found' })
}

const refusals: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'wrong-content-type',
  FST_ERR_HANDLER_TIMEOUT: 'unavailable',
}
