import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { makeLook } from '../alert/look.ts'
import { ERASED_ID } from '../journal/journal.ts'
import { AdminError } from './admin-error.ts'
import type { AdminTools } from './admin-tools.ts'
import type { Changes } from './changes.ts'
import { idsToFind } from './find.ts'
import { formFields } from './form-fields.ts'
import { giveLink } from './give-link.ts'
import { apiPage } from './pages/api.ts'
import { deliveriesPage, notFindablePage } from './pages/deliveries.ts'
import { deliveryPage, forgetPage } from './pages/delivery.ts'
import { type Frame, sendPage } from './pages/layout.ts'
import { overviewPage } from './pages/overview.ts'
import { address } from './pages/parts.ts'
import { replayedPage, replayPage } from './pages/replay.ts'
import { routesPage } from './pages/routes.ts'
import { webhookListPage, webhooksPage } from './pages/webhooks.ts'
import { findReplayable, MAX_REPLAYED, noDelivery, personErased, replayAll, replayOne, spreadMs } from './replay.ts'
import { deliveriesQuery, linkBody, replayBody, webhooksQuery, withoutBlanks } from './schema.ts'

interface OfDelivery {
  Params: { id: string }
}

const replayFilter = replayBody.omit({ before: true, dryRun: true, perMinute: true })
const replayForm = replayFilter.extend({
  before: z.coerce.number().int().min(0),
  perMinute: z.coerce.number().pipe(replayBody.shape.perMinute).exactOptional(),
})
const selectedForm = z.object({
  id: z.preprocess((id) => (id === undefined ? [] : [id].flat()), z.array(z.string()).max(MAX_REPLAYED)),
})
const count = z.coerce.number().int().min(0)
/** The last moment that there is. @see https://tc39.es/ecma262/#sec-time-values-and-time-range */
const MAX_TIME = 8_640_000_000_000_000
const counted = z.object({ replayed: count, left: count, lastTurnAt: count.max(MAX_TIME) })
const routesQuery = z.object({
  who: z.string().trim().max(300).exactOptional(),
  compare: z
    .literal('1')
    .transform(() => true)
    .exactOptional(),
})
/** Here an empty connection, stage or job asks for webhooks that told of none. */
const webhooksPageQuery = webhooksQuery.extend({
  stage: z.string().exactOptional(),
  job: z.string().exactOptional(),
  list: z.string().exactOptional(),
})

/** The dashboard's pages below `/admin`. Every action is a form that works without a script. */
export async function pageRoutes(
  app: FastifyInstance,
  { tools, frame, changes }: { tools: AdminTools; frame: Frame; changes: Changes },
): Promise<void> {
  const { journal } = tools
  // Here alone: pages of other sites may send forms unasked, and the API takes none.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, formFields(String(body)))
  })

  const look = makeLook({ ...tools, connections: tools.connections.map(({ name }) => name) })
  app.get('/admin', async (_request, reply) => sendPage(reply, frame, await overviewPage(tools, look)))
  app.get('/admin/routes', async ({ query }, reply) =>
    sendPage(reply, frame, await routesPage(routesQuery.parse(withoutBlanks(query)), tools)),
  )
  app.get('/admin/api', (_request, reply) => sendPage(reply, frame, apiPage()))

  app.get<{ Querystring: { delivery?: string } }>('/admin/changes', (request, reply) => {
    changes.open(reply, typeof request.query.delivery === 'string' ? request.query.delivery : undefined)
  })

  app.get<{ Querystring: { q?: unknown } }>('/admin/find', async ({ query }, reply) => {
    const ids = idsToFind(String(query.q ?? ''))
    const [first] = ids
    if (first === undefined) return sendPage(reply, frame, notFindablePage(tools))
    const found = await Promise.all(ids.map(async (q) => (await journal.list({ q, limit: 1 })).items.length > 0))
    return reply.redirect(address('/admin/deliveries', { q: ids[found.indexOf(true)] ?? first }), 303)
  })

  app.get('/admin/deliveries', async (request, reply) => {
    const query = deliveriesQuery.parse(withoutBlanks(request.query))
    return sendPage(reply, frame, await deliveriesPage(query, tools))
  })

  app.get<OfDelivery & { Querystring: { done?: unknown } }>('/admin/deliveries/:id', async (request, reply) => {
    const { done } = request.query
    const did = done === 'replayed' || done === 'linked' ? ({ done } as const) : {}
    return sendPage(reply, frame, await deliveryPage(request.params.id, did, tools))
  })

  app.post<OfDelivery>('/admin/deliveries/:id/replay', async ({ params: { id } }, reply) => {
    await replayOne(id, tools)
    return reply.redirect(`/admin/deliveries/${encodeURIComponent(id)}?done=replayed`, 303)
  })

  app.post<OfDelivery>('/admin/deliveries/:id/link', async ({ params: { id }, body }, reply) => {
    const given = linkBody.safeParse(body).data?.interviewLink ?? ''
    try {
      await giveLink(id, given, tools)
    } catch (error) {
      if (!(error instanceof AdminError) || error.status === 404) throw error
      const refused = { link: given, message: error.message, status: error.status }
      return sendPage(reply, frame, await deliveryPage(id, { refused }, tools))
    }
    return reply.redirect(`/admin/deliveries/${encodeURIComponent(id)}?done=linked`, 303)
  })

  app.get<OfDelivery>('/admin/deliveries/:id/forget', async ({ params }, reply) =>
    sendPage(reply, frame, await forgetPage(params.id, tools)),
  )

  app.post<OfDelivery>('/admin/deliveries/:id/forget', async ({ params: { id } }, reply) => {
    const entry = await journal.find(id)
    if (!entry) throw noDelivery()
    if (entry.candidateId === ERASED_ID) throw personErased()
    await tools.forget(entry.connection, entry.candidateId)
    return reply.redirect(`/admin/deliveries/${encodeURIComponent(id)}`, 303)
  })

  app.get('/admin/replay', async (request, reply) => {
    const filter = replayFilter.parse(withoutBlanks(request.query))
    return sendPage(reply, frame, await replayPage({ ...filter, before: tools.now() }, tools))
  })

  app.post('/admin/replay', async ({ body }, reply) => {
    const { perMinute, ...filter } = replayForm.parse(withoutBlanks(body))
    const { entries } = await findReplayable(filter, tools)
    const lastTurnAt = Math.round(tools.now() + spreadMs(entries.length, perMinute))
    const done = await replayAll(entries, tools, perMinute)
    return reply.redirect(replayedAddress(done.length, entries.length, lastTurnAt), 303)
  })

  app.post('/admin/replay/selected', async ({ body }, reply) => {
    const { id: ids } = selectedForm.parse(body)
    const entries = (await Promise.all(ids.map((id) => journal.find(id)))).filter((entry) => entry !== undefined)
    const done = await replayAll(entries, tools)
    return reply.redirect(replayedAddress(done.length, ids.length, tools.now()), 303)
  })

  app.get('/admin/replayed', (request, reply) => {
    return sendPage(reply, frame, replayedPage(counted.parse(request.query), tools.now()))
  })

  app.get('/admin/webhooks', async (request, reply) => {
    const { list, ...query } = webhooksPageQuery.parse(request.query)
    const page = list === undefined ? webhooksPage(query, tools) : webhookListPage(query, tools)
    return sendPage(reply, frame, await page)
  })
}

const replayedAddress = (replayed: number, asked: number, lastTurnAt: number) =>
  address('/admin/replayed', { replayed, left: asked - replayed, lastTurnAt })
