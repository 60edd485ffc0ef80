import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Report } from '../ops/report.ts'
import { acceptWebhook, type Received, type ReceiveTools, type RefusedUnread } from './accept-webhook.ts'
import { makeBeats } from './beats.ts'
import type { NoteWebhooks } from './note-webhooks.ts'

const MAX_BODY_BYTES = 1024 * 1024
const RETRY_AFTER_SECONDS = 30
/** Requests of one address that may come from nobody we know within a minute before they are answered 429. */
const FAILURES_PER_MINUTE = 100
/** How long each after these waits for its answer: who sends as fast as they are answered then takes nobody's time. */
const SLOWED_MS = 100

/** What the sender is told. Success is exactly 200; what was wrong with a signature stays with us. @see design.md 3 */
const codes: Readonly<Record<Received['status'], number>> = {
  queued: 200,
  duplicate: 200,
  erased: 200,
  ignored: 200,
  'not-json': 400,
  unauthorized: 401,
  'unknown-connection': 404,
  unavailable: 503,
}

/** What the store has answered, many at once. */
const fromStore: ReadonlySet<Received['status']> = new Set(['queued', 'duplicate', 'erased', 'unavailable'])

/** Whoever holds a secret sends none of these. */
const countedFailures: ReadonlySet<Received['status']> = new Set(['unauthorized', 'unknown-connection', 'not-json'])

/** What Fastify refuses before the body is read. */
const refusedUnread: Readonly<Record<string, RefusedUnread>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'wrong-content-type',
}

function bodyOf(received: Received): object {
  switch (received.status) {
    case 'queued':
    case 'duplicate':
      return received
    case 'ignored':
      return { status: received.status, reason: received.reason }
    case 'erased':
    case 'unauthorized':
    case 'unknown-connection':
    case 'unavailable':
    case 'not-json':
      return { status: received.status }
  }
}

/**
 * `POST /webhooks/:connection`: keeps the bytes as received, caps their size, and turns the outcome into an answer.
 * The rate limit counts what is refused for its sender (no such connection, no good signature, no JSON), by address, and
 * stands in the place of that refusal alone: a webhook that verifies is taken, whatever else came from its address.
 */
export async function webhookEndpoint(
  app: FastifyInstance,
  options: { tools: ReceiveTools; report: Report; notes: NoteWebhooks; isStopping: () => boolean },
): Promise<void> {
  const { tools, report, notes, isStopping } = options
  const nextBeat = makeBeats()
  const limitFailures = app.createRateLimit({ max: FAILURES_PER_MINUTE, timeWindow: '1 minute' })

  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => {
      done(null, body)
    },
  )

  // The next process takes it: this one only brings to an end what it has begun. Without a promise, since each would
  // cost every webhook a tenth of its time.
  app.addHook('onRequest', (_request, reply, done) => {
    if (isStopping()) void unavailable(reply.header('connection', 'close'))
    else done()
  })
  app.addHook<{ Params: { connection?: string } }>('onError', async (request, _reply, error) => {
    const reason = refusedUnread[error.code]
    if (!reason) return
    const { connection = '' } = request.params
    report.webhookRefusedUnread(connection, reason)
    notes.refused(connection, reason)
  })

  app.post<{ Params: { connection: string } }>(
    '/webhooks/:connection',
    async (request, reply): Promise<FastifyReply> => {
      const { connection } = request.params
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const received = await acceptWebhook(connection, { headers: request.headers, body }, tools)
      if (!fromStore.has(received.status)) await nextBeat()
      const name = tools.adapters.has(connection) ? connection : ''
      if (countedFailures.has(received.status)) {
        const limit = await limitFailures(request)
        if (!limit.isAllowed && limit.isExceeded) {
          // Counted and no more, so that a flood fills neither the log nor the list of refused webhooks.
          report.webhookTurnedAway(name, received, reply.elapsedTime)
          await pause(SLOWED_MS)
          return reply.code(429).header('retry-after', String(limit.ttlInSeconds)).send({ status: 'too-many-failures' })
        }
      }
      report.webhookAnswered(name, received, reply.elapsedTime)
      notes.answered(connection, received)

      if (received.status === 'unavailable') return unavailable(reply)
      return reply.code(codes[received.status]).send(bodyOf(received))
    },
  )
}

function unavailable(reply: FastifyReply): FastifyReply {
  return reply
    .code(codes.unavailable)
    .header('retry-after', String(RETRY_AFTER_SECONDS))
    .send({ status: 'unavailable' })
}
