import fastify from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { toAdminError } from '../../../src/admin/admin-error.ts'
import { WrongKeyError, wrongKeyMend } from '../../../src/domain/errors.ts'

const app = fastify({ handlerTimeout: 1 })
afterEach(async () => await app.close())

test('a call that takes longer than it may is unavailable, and no mistake of the bridge', async () => {
  app.setErrorHandler((error, _request, reply) => {
    const { status, code } = toAdminError(error)
    return reply.code(status).send({ code })
  })
  app.get('/', () => new Promise(() => undefined))
  const answer = await app.inject('/')
  expect([answer.statusCode, answer.json()]).toEqual([503, { code: 'unavailable' }])
})

test('a store sealed with another key is no mistake of the bridge, and what to do about it is said', () => {
  const { status, code, message } = toAdminError(new WrongKeyError('what the store holds was sealed with another key'))
  expect([status, code]).toEqual([503, 'wrong-key'])
  expect(message).toContain(wrongKeyMend)
})
