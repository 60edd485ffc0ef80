import fastify, { type FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { queuesBoard } from '../../../src/admin/queues-board.ts'

test('what fails behind the raw queue is logged where the service logs, as its page says', async () => {
  const logged: string[] = []
  const log = pino({}, { write: (line) => void logged.push(line) }) as FastifyBaseLogger
  const app = fastify({ loggerInstance: log })
  onTestFinished(async () => await app.close())
  app.setErrorHandler((error, request, reply) => {
    request.log.error({ err: error }, 'failed')
    return reply.code(500).send()
  })
  // No queue of BullMQ's: whatever the board asks it for fails.
  await app.register(queuesBoard, { queue: { name: 'deliveries', metaValues: { version: 'bullmq' } } })
  const answer = await app.inject('/admin/queues/api/queues')
  expect(answer.statusCode).toBe(500)
  expect(logged.filter((line) => line.includes('"failed"'))).toHaveLength(1)
})
