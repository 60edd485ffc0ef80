import basicAuth from '@fastify/basic-auth'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { sameSecret } from '../ats/hmac.ts'
import type { Delivery } from '../domain/delivery.ts'
import type { Erased } from '../domain/erasure.ts'
import { StoreUnavailableError } from '../domain/errors.ts'
import { ERASED_ID, type Journal } from '../journal/journal.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { AdminError } from './admin-error.ts'
import { viewDelivery } from './deliveries-view.ts'
import { makeLoginGate } from './login-gate.ts'
import { isSameOrigin } from './same-origin.ts'
import { deliveriesQuery, forgetBody, withoutBlanks } from './schema.ts'

export interface AdminTools {
  readonly password: string
  readonly publicUrl: string | undefined
  readonly journal: Journal
  readonly ledger: Ledger
  /** Queues another round of a delivery. @throws StoreUnavailableError */
  readonly addRound: (delivery: Delivery, round: number) => Promise<void>
  /** Erases everything kept about a candidate. @throws StoreUnavailableError */
  readonly forget: (connection: string, candidateId: string) => Promise<Erased>
  readonly now: () => number
}

const USER = 'admin'
const RETRY_AFTER_SECONDS = 5

/** The admin API below `/api`, behind HTTP Basic. Errors are `{"error":{"code","message"}}`. @see design.md section 9 */
export async function adminApi(app: FastifyInstance, tools: AdminTools): Promise<void> {
  const gate = makeLoginGate(app)
  await app.register(basicAuth, {
    authenticate: { realm: 'Interview Link Bridge' },
    validate: async (user, password, request) => {
      // Both are compared whole, so that the time taken tells nothing about either.
      const fits = [sameSecret(user, USER), sameSecret(password, tools.password)]
      if (!fits.includes(false)) return
      await gate.failed(request)
      throw new AdminError(401, 'unauthorized', 'User admin and the password of ADMIN_PASSWORD.')
    },
  })
  app.addHook('onRequest', async (request, reply) => {
    if (await gate.enter(request)) return
    void reply.header('retry-after', String(RETRY_AFTER_SECONDS))
    throw new AdminError(429, 'too-many-logins', 'Too many wrong passwords from this address. Try again in a moment.')
  })
  app.addHook('onRequest', app.basicAuth)
  app.addHook('onRequest', async (request) => {
    if (request.method !== 'GET' && !isSameOrigin(request, tools.publicUrl)) {
      throw new AdminError(
        403,
        'cross-site',
        'Requests from other sites cannot change anything. Behind a proxy, set PUBLIC_URL.',
      )
    }
  })
  app.setErrorHandler((error, _request, reply) => {
    const { status, code, message } = toAdminError(error)
    return reply.code(status).send({ error: { code, message } })
  })

  app.get('/api/deliveries', async (request) => {
    const query = deliveriesQuery.parse(withoutBlanks(request.query))
    const [page, counts] = await Promise.all([tools.journal.list(query), tools.journal.counts()])
    const items = await Promise.all(page.items.map((entry) => viewDelivery(entry, tools.ledger)))
    return { items, nextCursor: page.nextCursor ?? null, counts }
  })

  app.get<{ Params: { id: string } }>('/api/deliveries/:id', async ({ params }) => {
    const [entry, timeline] = await Promise.all([tools.journal.find(params.id), tools.journal.timeline(params.id)])
    if (!entry) throw noDelivery()
    const shown = timeline.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest }))
    return { ...(await viewDelivery(entry, tools.ledger)), timeline: shown }
  })

  app.post<{ Params: { id: string } }>('/api/deliveries/:id/replay', async ({ params }) => {
    const requeued = await tools.journal.requeued(params.id, tools.now())
    if (!requeued) {
      const entry = await tools.journal.find(params.id)
      if (!entry) throw noDelivery()
      if (entry.applicationId === ERASED_ID)
        throw new AdminError(409, 'erased', 'The person has been erased; this cannot be tried again.')
      throw new AdminError(
        409,
        'not-replayable',
        `Only a dead or lapsed delivery can be tried again; this one is ${entry.state}.`,
      )
    }
    // If this is not taken, the journal waits for it and the rescue queues it within minutes.
    await tools.addRound(requeued.delivery, requeued.round)
    return { id: params.id, state: 'queued' }
  })

  app.post('/api/candidates/forget', async ({ body }) => {
    const { connection, candidateId } = forgetBody.parse(body)
    return { connection, erased: await tools.forget(connection, candidateId) }
  })
}

const noDelivery = () => new AdminError(404, 'not-found', 'There is no delivery with this id.')

function toAdminError(error: unknown): AdminError {
  if (error instanceof AdminError) return error
  if (error instanceof StoreUnavailableError)
    return new AdminError(503, 'unavailable', 'The store does not answer. Try again in a moment.')
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    return new AdminError(400, 'invalid', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`)
  }
  const status = (error as { statusCode?: number }).statusCode ?? 500
  if (status === 401) return new AdminError(401, 'unauthorized', 'User admin and the password of ADMIN_PASSWORD.')
  return status < 500
    ? new AdminError(status, 'invalid', 'The request could not be read.')
    : new AdminError(500, 'internal', 'The bridge made a mistake; its log says more.')
}
