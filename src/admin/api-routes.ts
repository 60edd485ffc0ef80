import type { FastifyInstance } from 'fastify'
import { WEBHOOKS_KEPT_MS } from '../journal/webhook-log.ts'
import type { AdminTools } from './admin-tools.ts'
import { viewDeliveries, viewWebhook } from './deliveries-view.ts'
import { giveLink } from './give-link.ts'
import { openApi } from './openapi.ts'
import { findReplayable, noDelivery, replayAll, replayOne, spreadMs } from './replay.ts'
import { deliveriesQuery, forgetBody, linkBody, replayBody, webhooksQuery, withoutBlanks } from './schema.ts'

interface OfDelivery {
  Params: { id: string }
}

/** The admin API below `/api`. Each of its endpoints is described in `openapi.ts`. @see design.md section 9 */
export async function apiRoutes(app: FastifyInstance, tools: AdminTools): Promise<void> {
  const { journal, ledger, webhooks, now } = tools
  const description = openApi(tools.version)

  app.get('/api/openapi.json', () => description)

  app.get('/api/deliveries', async (request) => {
    const query = deliveriesQuery.parse(withoutBlanks(request.query))
    const [page, counts] = await Promise.all([journal.list(query), journal.counts()])
    return { items: await viewDeliveries(page.items, ledger), nextCursor: page.nextCursor ?? null, counts }
  })

  app.get<OfDelivery>('/api/deliveries/:id', async ({ params }) => {
    // In this order: whoever is told of an end is told how it came about.
    const entry = await journal.find(params.id)
    if (!entry) throw noDelivery()
    const timeline = await journal.timeline(params.id)
    const shown = timeline.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest }))
    const [delivery] = await viewDeliveries([entry], ledger)
    return { ...delivery, timeline: shown }
  })

  app.post<OfDelivery>('/api/deliveries/:id/replay', async ({ params }) => {
    await replayOne(params.id, tools)
    return { id: params.id, state: 'queued' }
  })

  app.post('/api/deliveries/replay', async (request) => {
    const { before: given, dryRun, perMinute, ...filter } = replayBody.parse(request.body)
    const at = now()
    const before = given === undefined ? at : Date.parse(given)
    const { entries, more } = await findReplayable({ ...filter, before }, tools)
    const ids = dryRun ? entries.map(({ id }) => id) : await replayAll(entries, tools, perMinute)
    const matching = entries.length
    const lastTurnAt = new Date(at + spreadMs(matching, perMinute)).toISOString()
    const skipped = matching - ids.length
    return { dryRun, before: new Date(before).toISOString(), matching, more, ids, skipped, lastTurnAt }
  })

  app.post<OfDelivery>('/api/deliveries/:id/link', async ({ params, body }) => {
    await giveLink(params.id, linkBody.parse(body).interviewLink, tools)
    return { id: params.id, state: 'queued' }
  })

  app.post('/api/candidates/forget', async ({ body }) => {
    const { connection, candidateId } = forgetBody.parse(body)
    return { connection, erased: await tools.forget(connection, candidateId) }
  })

  app.get('/api/webhooks', async (request) => {
    const query = webhooksQuery.parse(withoutBlanks(request.query))
    const page = await webhooks.list({ ...query, since: now() - WEBHOOKS_KEPT_MS })
    return { items: page.items.map(viewWebhook), nextCursor: page.nextCursor ?? null }
  })
}
