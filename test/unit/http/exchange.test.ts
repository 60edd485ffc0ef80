import { expect, test } from 'vitest'
import { outcomeOf } from '../../../src/http/classify.ts'
import { type ExchangeDispatcher, exchange } from '../../../src/http/exchange.ts'
import { HttpError } from '../../../src/http/http-error.ts'

const unreachable = Object.assign(new Error('no way to the host'), { code: 'EHOSTUNREACH' })

/** Connections that lose the host: before they are made, or with the request on its way. */
const losing = (isOnItsWay: boolean): ExchangeDispatcher => ({
  dispatch(_request, one) {
    const controller = { rawHeaders: [], rawTrailers: [], paused: false, aborted: false, reason: null }
    const actions = { abort() {}, pause() {}, resume() {} }
    if (isOnItsWay) one.onRequestStart({ ...controller, ...actions })
    one.onResponseError({ ...controller, ...actions }, unreachable)
  },
})

test.each([
  [false, 'connect', 'not-done'],
  [true, 'reset', 'unknown'],
] as const)(
  'a host that is lost with the request on its way (%s) fails by %s, the outcome %s',
  async (isOnItsWay, kind, outcome) => {
    const request = { origin: 'http://127.0.0.1', path: '/', method: 'POST' } as const
    const error: unknown = await exchange(losing(isOnItsWay), request, { timeoutMs: 60_000 }).catch((thrown) => thrown)
    if (!(error instanceof HttpError)) throw error
    expect(error.failure.kind).toBe(kind)
    expect(outcomeOf(error.failure)).toBe(outcome)
  },
)
