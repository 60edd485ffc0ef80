/**
 * The ceiling of receiving: Fastify with the bridge's settings; checks the signature, parses, answers. Stores nothing,
 * unless it is given a Redis: then it does what any receiver on BullMQ must, one plain `queue.add` for each webhook.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import fastify, { LogController } from 'fastify'
import { programArgument, serveCommands } from '../program.ts'
import { WEBHOOK_SECRET } from '../webhooks.ts'

const { redisUrl } = programArgument<{ redisUrl?: string }>()
/** Loaded only when it is wanted: whoever stores nothing pays nothing for it, least of all at the start. */
const openQueue = async (url: string) => {
  const [{ Queue }, { parseRedisUrl }] = await Promise.all([import('bullmq'), import('../../../src/store/redis.ts')])
  return new Queue('webhooks', { connection: parseRedisUrl(url), prefix: '{ceiling}' })
}
const queue = redisUrl === undefined ? undefined : await openQueue(redisUrl)

const app = fastify({
  logController: new LogController({ disableRequestLogging: true }),
  requestTimeout: 10_000,
  keepAliveTimeout: 75_000,
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
})
app.removeAllContentTypeParsers()
app.addContentTypeParser(
  'application/json',
  { parseAs: 'buffer', bodyLimit: 1024 * 1024 },
  (_request, body, done) => void done(null, body),
)
app.get('/readyz', () => ({ status: 'ready' }))
app.post('/webhooks/:connection', async (request, reply) => {
  const body = request.body as Buffer
  const given = Buffer.from(String(request.headers['signature']).slice('sha256 '.length), 'hex')
  const expected = createHmac('sha256', WEBHOOK_SECRET).update(body).digest()
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return reply.code(401).send({ status: 'unauthorized' })
  }
  const { payload } = JSON.parse(body.toString('utf8')) as { payload: { application: { id: number } } }
  const jobId = `dlv_${payload.application.id}`
  await queue?.add('deliver', { applicationId: payload.application.id }, { jobId })
  return reply.send({ status: 'queued', deliveries: [jobId] })
})
const url = await app.listen({ port: 0, host: '127.0.0.1' })
serveCommands({ url: () => url })
