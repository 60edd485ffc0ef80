import { expect, test } from 'vitest'
import { makeBreaker } from '../../../src/http/breaker.ts'
import { outcomeOf } from '../../../src/http/classify.ts'
import { HttpError } from '../../../src/http/http-error.ts'
import { until } from '../../support/until.ts'

const failing = (status: number) => async () => {
  throw new HttpError({ kind: 'status', status })
}
const failTimes = async (breaker: ReturnType<typeof makeBreaker>, times: number, status: number) => {
  for (let time = 0; time < times; time += 1) await breaker.run(failing(status)).catch(() => undefined)
}

test('a system that failed five times in a row is not called, and what was not sent is surely not done', async () => {
  const breaker = makeBreaker()
  await failTimes(breaker, 5, 503)
  let calls = 0
  const error = await breaker
    .run(async () => {
      calls += 1
    })
    .catch((reason: unknown) => reason)
  expect(calls).toBe(0)
  if (!(error instanceof HttpError)) throw error
  expect(error.failure.kind).toBe('down')
  expect(outcomeOf(error.failure)).toBe('not-done')
})

test('it is tried again after a while, by one call, and is back when that succeeds', async () => {
  const breaker = makeBreaker()
  await failTimes(breaker, 5, 503)
  await until(() => breaker.run(async () => true))
  await expect(breaker.run(async () => 'answer')).resolves.toBe('answer')
})

test('while that one call is still under way, every other fails at once', async () => {
  const breaker = makeBreaker()
  await failTimes(breaker, 5, 503)
  const trial = Promise.withResolvers<string>()
  const trialBegan = Promise.withResolvers<void>()
  const tried = until(() =>
    breaker.run(() => {
      trialBegan.resolve()
      return trial.promise
    }),
  )
  await trialBegan.promise
  await expect(breaker.run(async () => 'answer')).rejects.toMatchObject({ failure: { kind: 'down' } })
  trial.resolve('back')
  await expect(tried).resolves.toBe('back')
})

test('a call that was not even sent does not show that it is back', async () => {
  const breaker = makeBreaker()
  await failTimes(breaker, 5, 503)
  const notOurs = new Error('no longer ours')
  const notSent = async () => {
    throw notOurs
  }
  await until(async () => (await breaker.run(notSent).catch((error: unknown) => error)) === notOurs)
  await expect(breaker.run(async () => 'answer')).rejects.toMatchObject({ failure: { kind: 'down' } })
})

test.each([429, 401, 404, 422])('status %i is no sign of a system that is down', async (status) => {
  const breaker = makeBreaker()
  await failTimes(breaker, 10, status)
  await expect(breaker.run(async () => 'answer')).resolves.toBe('answer')
})
