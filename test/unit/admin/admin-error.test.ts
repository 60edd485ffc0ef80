import fastify from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { toAdminError } from '../../../src/admin/admin-error.ts'
import { problemPage } from '../../../src/admin/pages/problem.ts'
import { StillAtWorkError, StoreUnavailableError, WrongKeyError, wrongKeyMend } from '../../../src/domain/errors.ts'

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

test.each([
  [new StoreUnavailableError('away'), 'Not at this moment'],
  // A handler that takes too long: nothing is known of the store.
  [{ statusCode: 503 }, 'Not at this moment'],
  [new StillAtWorkError('at work'), 'Not everything is erased yet'],
  [new WrongKeyError('another key'), 'The store cannot be read'],
  [{ statusCode: 415 }, 'That could not be read'],
  [new Error('unforeseen'), 'The bridge made a mistake'],
])('the page of %s is titled %s', (error, title) => {
  expect(problemPage(toAdminError(error)).title).toBe(title)
})
