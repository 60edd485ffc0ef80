import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Faults, seededRandom } from '../../../src/sandbox/faults.ts'
import {
  type InterviewFlowSandbox,
  sandboxInterviewer,
  startInterviewFlowSandbox,
} from '../../../src/sandbox/interviewflow.ts'
import { until } from '../../support/until.ts'
import { call } from './http.ts'

let now = 1_790_000_000_000
let vendor: InterviewFlowSandbox
beforeEach(async () => {
  vendor = await startInterviewFlowSandbox({ now: () => now, seed: 7 })
})
afterEach(() => vendor.close())

let people = 0
const create = () => {
  people += 1
  const json = { name: 'Amara', email: `amara.${people}@example.com`, jobId: sandboxInterviewer }
  const headers = { 'x-api-key': vendor.apiKey }
  return call(`${vendor.url}/api/external/ingest/candidate`, { json, headers })
}
const last = () => vendor.calls.at(-1)

describe('a fault set on a sandbox', () => {
  test.each([
    ['drop-request', false],
    ['drop-reply', true],
  ] as const)('%s closes the connection without an answer', async (kind, committed) => {
    vendor.fault({ operation: 'create', kind })
    await expect(create()).rejects.toThrow()
    expect(last()).toMatchObject({ operation: 'create', committed, fault: kind })
    expect(last()).not.toHaveProperty('status')
    expect(vendor.interviews()).toHaveLength(committed ? 1 : 0)
    expect((await create()).status).toBe(201)
  })

  test.each([
    ['error-request', 503, false],
    ['error-reply', 503, true],
    ['garbage-request', 200, false],
    ['garbage-reply', 200, true],
  ] as const)('%s spoils the answer', async (kind, status, committed) => {
    vendor.fault({ kind, status: 503 })
    const answer = await create()
    expect(answer.status).toBe(status)
    if (status === 200) expect(answer.text).toContain('<html>')
    expect(last()).toMatchObject({ status, committed })
    expect(vendor.interviews()).toHaveLength(committed ? 1 : 0)
  })

  test.each([
    ['nothing', 204, ''],
    ['cut', 200, '{"data":{"id":'],
    ['null', 200, 'null'],
    ['list', 200, '[]'],
    ['redirect', 302, '<html>'],
    ['flood', 200, 'xxx'],
  ] as const)('garbage can be: %s', async (garbage, status, text) => {
    vendor.fault({ kind: 'garbage-request', garbage })
    const answer = await fetch(vendor.url, { redirect: 'manual' })
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(text)
  })

  test('garbage can be a body that comes byte by byte for ever', async () => {
    vendor.fault({ kind: 'garbage-reply', garbage: 'drip' })
    const pending = create().catch(() => 'closed')
    await until(() => vendor.interviews().length === 1)
    expect(await Promise.race([pending, create().then(() => 'second answered first')])).toBe('second answered first')
    await vendor.close()
    expect(await pending).toBe('closed')
  })

  test.each([
    ['hang-request', false],
    ['hang-reply', true],
  ] as const)('%s never answers', async (kind, committed) => {
    vendor.fault({ kind })
    const pending = create().catch(() => 'closed')
    await until(() => vendor.calls.length === 1 && last()?.committed === committed)
    expect(await Promise.race([pending, create().then(() => 'second answered first')])).toBe('second answered first')
    expect(vendor.interviews()).toHaveLength(committed ? 2 : 1)
    await vendor.close()
    expect(await pending).toBe('closed')
  })

  test('says how long to wait only where it is told', async () => {
    vendor.fault({ kind: 'rate-limit', retryAfterS: 7 })
    vendor.fault({ kind: 'rate-limit' })
    const [told, untold] = [await create(), await create()]
    expect([told.status, told.headers.get('retry-after')]).toEqual([429, '7'])
    expect([untold.status, untold.headers.get('retry-after')]).toEqual([429, null])
  })

  test('refuses the key for a while', async () => {
    vendor.fault({ kind: 'unauthorized', forMs: 1000 })
    expect([(await create()).status, (await create()).status]).toEqual([401, 401])
    now += 1000
    expect((await create()).status).toBe(201)
  })

  test('delays before or after the call takes effect', async () => {
    vendor.fault({ kind: 'delay-reply', delayMs: 60_000 })
    const pending = create().catch(() => 'closed')
    await until(() => vendor.interviews().length === 1)
    expect(last()).toMatchObject({ committed: true })
    vendor.fault({ kind: 'delay-request', delayMs: 60_000 })
    const waiting = create().catch(() => 'closed')
    await until(() => vendor.calls.length === 2)
    expect(vendor.interviews()).toHaveLength(1)
    await vendor.close()
    expect(await Promise.all([pending, waiting])).toEqual(['closed', 'closed'])
  })

  test('hits only the operation it names, as often as it says, and no more once cleared', async () => {
    vendor.fault({ operation: 'read-back', kind: 'error-request' })
    expect((await create()).status).toBe(201)
    vendor.fault({ operation: 'create', kind: 'error-request', times: 2 })
    const statuses = [(await create()).status, (await create()).status, (await create()).status]
    expect(statuses).toEqual([500, 500, 201])
    vendor.fault({ kind: 'error-request', times: 5 })
    vendor.clearFaults()
    expect((await create()).status).toBe(201)
  })

  test('with a probability hits the same calls for the same seed, about that share of them', () => {
    const hits = (seed: number) => {
      const faults = new Faults(seededRandom(seed), () => 0)
      faults.set({ kind: 'drop-reply', probability: 0.2 })
      return Array.from({ length: 1000 }, () => faults.hit('create').fault !== undefined)
    }
    expect(hits(3)).toEqual(hits(3))
    expect(hits(3)).not.toEqual(hits(4))
    const share = hits(3).filter(Boolean).length
    expect(share).toBeGreaterThan(150)
    expect(share).toBeLessThan(250)
  })
})

describe('the journal of calls', () => {
  test('has each call with its body, its answer and whether it changed something', async () => {
    await create()
    const headers = { 'x-api-key': vendor.apiKey }
    await call(`${vendor.url}/api/external/fetch/candidates`, { json: { interviewerId: sandboxInterviewer }, headers })
    await call(`${vendor.url}/api/external/fetch/candidates`, { json: {}, headers })
    expect(vendor.calls).toMatchObject([
      {
        at: now,
        method: 'POST',
        path: '/api/external/ingest/candidate',
        operation: 'create',
        status: 201,
        committed: true,
        requestBody: { jobId: sandboxInterviewer },
      },
      { operation: 'read-back', status: 200, committed: false },
      { operation: 'read-back', status: 400, committed: false },
    ])
  })

  test('marks what the outside system does not have as unexpected', async () => {
    await create()
    await call(`${vendor.url}/api/external/ingest/candidate`)
    await call(`${vendor.url}/api/v2`)
    expect(vendor.unexpected().map(({ method, path, status }) => [method, path, status])).toEqual([
      ['GET', '/api/external/ingest/candidate', 404],
      ['GET', '/api/v2', 404],
    ])
  })

  test('holds no credentials', async () => {
    await create()
    expect(JSON.stringify(vendor.calls)).not.toContain(vendor.apiKey)
  })
})
