import fastify from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { makeChanges } from '../../../src/admin/changes.ts'
import { StoreUnavailableError } from '../../../src/domain/errors.ts'

const none = { items: [], nextCursor: undefined }
const counts = { queued: 0, running: 0, retrying: 0, delivered: 0, lapsed: 0, dead: 0 }
const changes = makeChanges({
  journal: {
    counts: async () => await Promise.resolve(counts),
    list: async () => await Promise.resolve(none),
    find: async () => await Promise.reject(new StoreUnavailableError('this one cannot be read')),
  },
  webhooks: { list: async () => await Promise.resolve(none) },
})
const app = fastify()
app.get<{ Querystring: { delivery?: string } }>('/', ({ query }, reply) => changes.open(reply, query.delivery))
app.addHook('preClose', async () => changes.close())
afterEach(async () => await app.close())

test('whoever watches is told of changes, though another’s delivery cannot be read', async () => {
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  await fetch(`${url}/?delivery=dlv_1`)
  const { body } = await fetch(url)
  const decoder = new TextDecoder()
  let told = ''
  for await (const part of body ?? []) {
    told += decoder.decode(part, { stream: true })
    if (told.includes('data:')) break
  }
  expect(told).toContain('data: {}')
})
