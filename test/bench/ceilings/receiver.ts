/** The ceiling of receiving: Fastify with the bridge's settings; checks the signature, parses, answers. Stores nothing. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import fastify, { LogController } from 'fastify'
import { serveCommands } from '../program.ts'
import { WEBHOOK_SECRET } from '../webhooks.ts'

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
  return reply.send({ status: 'queued', deliveries: [`dlv_${payload.application.id}`] })
})
const url = await app.listen({ port: 0, host: '127.0.0.1' })
serveCommands({ url: () => url })
