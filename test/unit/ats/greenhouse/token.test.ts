import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AtsTools } from '../../../../src/ats/adapter.ts'
import { HarvestClient, untilReset } from '../../../../src/ats/greenhouse/client.ts'
import { greenhouseSettings } from '../../../../src/ats/greenhouse/settings.ts'
import { atsTools, MemoryCache } from '../../../support/ats-tools.ts'
import { type FakeAnswer, FakeHttp } from '../../../support/fake-http.ts'

let fake: FakeHttp
let clock: number
beforeEach(async () => {
  fake = await FakeHttp.start()
  clock = Date.parse('2026-11-23T12:00:00Z')
})
afterEach(async () => {
  await fake.close()
  fake.assertDone()
})

function client(
  cache = new MemoryCache(),
  clientSecret = 'client-secret-1',
  tools: Partial<AtsTools> = {},
): HarvestClient {
  const settings = greenhouseSettings.parse({
    webhookSecrets: ['s'],
    clientId: 'client-1',
    clientSecret,
    userId: 4080,
    baseUrl: `${fake.baseUrl}/`,
    authUrl: fake.baseUrl,
  })
  return new HarvestClient(settings, atsTools({ cache, now: () => clock, ...tools }))
}
const call = (one: HarvestClient) =>
  one.call({ operation: 'list/jobs', method: 'GET', path: '/jobs', schema: z.unknown() })
const token = (value: string, more: object = { expires_in: 3600 }): FakeAnswer => ({
  json: { access_token: value, ...more },
})
const usedTokens = () => fake.seen('GET /v3/jobs').map(({ headers }) => headers.authorization)

it('asks for a token with client credentials and the acting user, and uses it', async () => {
  fake.expect('POST /token', token('t1'))
  fake.expect('GET /v3/jobs', { json: [] })
  await call(client())
  const [asked] = fake.seen('POST /token')
  expect(asked?.headers.authorization).toBe(`Basic ${Buffer.from('client-1:client-secret-1').toString('base64')}`)
  expect(asked?.headers['content-type']).toBe('application/x-www-form-urlencoded')
  expect(asked?.body).toBe('grant_type=client_credentials&sub=4080')
  expect(usedTokens()).toEqual(['Bearer t1'])
})

it('calls at the same time share one token call', async () => {
  fake.expect('POST /token', token('t1'))
  fake.expect('GET /v3/jobs', { json: [] }, 5)
  const one = client()
  await Promise.all(Array.from({ length: 5 }, () => call(one)))
})

it('two clients on one store make one token call', async () => {
  const cache = new MemoryCache()
  fake.expect('POST /token', token('t1'))
  fake.expect('GET /v3/jobs', { json: [] }, 2)
  await call(client(cache))
  await call(client(cache))
  expect(usedTokens()).toEqual(['Bearer t1', 'Bearer t1'])
})

it('the store never holds the token in clear', async () => {
  const cache = new MemoryCache()
  fake.expect('POST /token', token('plainly-visible'))
  fake.expect('GET /v3/jobs', { json: [] })
  await call(client(cache))
  const [[name, value] = ['', '']] = [...cache.entries]
  expect(value).not.toBe('')
  expect(name + value + Buffer.from(value, 'base64url').toString('latin1')).not.toContain('plainly-visible')
})

it.each([
  [
    'sealed with another secret',
    async (cache: MemoryCache) => {
      fake.expect('POST /token', token('other'))
      fake.expect('GET /v3/jobs', { json: [] })
      await call(client(cache, 'client-secret-2'))
    },
  ],
  [
    'cut short',
    async (cache: MemoryCache) => {
      await fill(cache, () => 'abc')
    },
  ],
  [
    'changed',
    async (cache: MemoryCache) => {
      await fill(cache, (sealed) => (sealed.startsWith('A') ? 'B' : 'A') + sealed.slice(1))
    },
  ],
])('a token in the store that is %s is not there', async (_title, spoil) => {
  const cache = new MemoryCache()
  await spoil(cache)
  fake.expect('POST /token', token('fresh'))
  fake.expect('GET /v3/jobs', { json: [] })
  await call(client(cache))
  expect(usedTokens().at(-1)).toBe('Bearer fresh')
})

async function fill(cache: MemoryCache, change: (sealed: string) => string): Promise<void> {
  fake.expect('POST /token', token('other'))
  fake.expect('GET /v3/jobs', { json: [] })
  await call(client(cache))
  for (const [name, sealed] of cache.entries) cache.entries.set(name, change(sealed))
}

describe.each([
  ['expires_at', { expires_at: '2026-11-23T13:00:00Z' }],
  ['expires_in', { expires_in: 3600 }],
  ['neither', {}],
])('with %s', (_title, life) => {
  it('renews the token some minutes before its hour is over', async () => {
    fake.expect('POST /token', token('t1', life))
    fake.expect('GET /v3/jobs', { json: [] }, 3)
    const one = client()
    await call(one)
    clock += 50 * 60_000
    await call(one)
    clock += 6 * 60_000
    fake.expect('POST /token', token('t2', life))
    await call(one)
    expect(usedTokens()).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2'])
  })
})

it('goes on with a good token that cannot be renewed yet', async () => {
  fake.expect('POST /token', token('t1'))
  fake.expect('POST /token', { status: 503 })
  fake.expect('GET /v3/jobs', { json: [] }, 3)
  const one = client()
  await call(one)
  clock += 56 * 60_000
  await call(one)
  await call(one)
  expect(usedTokens()).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1'])
})

it('a token refused before its time is replaced once, and the call repeated once', async () => {
  const cache = new MemoryCache()
  fake.expect('POST /token', token('t1'))
  fake.expect('GET /v3/jobs', { status: 401 })
  fake.expect('POST /token', token('t2'))
  fake.expect('GET /v3/jobs', { json: [] }, 2)
  await call(client(cache))
  await call(client(cache))
  expect(usedTokens()).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t2'])
})

it('takes the token that another replica has got meanwhile', async () => {
  const cache = new MemoryCache()
  const [one, other] = [client(cache), client(cache)]
  fake.expect('POST /token', token('t1'))
  fake.expect('GET /v3/jobs', { json: [] })
  await call(one)
  fake.expect('GET /v3/jobs', { status: 401 })
  fake.expect('POST /token', token('t2'))
  fake.expect('GET /v3/jobs', { json: [] })
  await call(other)
  fake.expect('GET /v3/jobs', { status: 401 })
  fake.expect('GET /v3/jobs', { json: [] })
  await call(one)
  expect(usedTokens()).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2', 'Bearer t1', 'Bearer t2'])
})

it.each([400, 401])('a token call answered %i says that the key is refused', async (status) => {
  fake.expect('POST /token', { status, json: { message: 'client_id=client-1 does not contain a valid suffix' } })
  const error = await call(client()).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'RetryableError', reason: 'ats-refusing-key', outcome: 'not-done' })
  expect(JSON.stringify(error)).not.toContain('client-1')
})

it.each([
  [503, 'ats-unavailable'],
  [429, 'rate-limited'],
])('a token call answered %i leaves the call surely not done', async (status, reason) => {
  fake.expect('POST /token', { status })
  await expect(call(client())).rejects.toMatchObject({ name: 'RetryableError', reason, outcome: 'not-done' })
})

it('a store that does not take the token does not keep the call from being made', async () => {
  const cache = {
    get: async () => undefined,
    set: async () => Promise.reject(new Error('full')),
    swap: async () => false,
  }
  fake.expect('POST /token', token('t1'))
  fake.expect('GET /v3/jobs', { json: [] }, 2)
  const one = client(undefined, undefined, { cache })
  await call(one)
  await call(one)
})

describe('untilReset', () => {
  const now = Date.parse('2026-11-23T12:00:00Z')
  const reset = (ms: number) => String(Math.round(ms / 1000))
  it('waits until the reset, by the clock of the answer', () => {
    const theirs = now + 500_000
    const headers = { 'x-ratelimit-reset': reset(theirs + 12_000), date: new Date(theirs).toUTCString() }
    expect(untilReset(headers, now)).toBe(12_000)
    expect(untilReset({ 'x-ratelimit-reset': reset(now + 5_000) }, now)).toBe(5_000)
  })
  it('waits a window where nothing is said, and never less than a second or more than a window', () => {
    expect(untilReset({}, now)).toBe(30_000)
    expect(untilReset({ 'x-ratelimit-reset': 'soon' }, now)).toBe(30_000)
    expect(untilReset({ 'x-ratelimit-reset': reset(now - 60_000) }, now)).toBe(1_000)
    expect(untilReset({ 'x-ratelimit-reset': reset(now + 600_000) }, now)).toBe(30_000)
  })
})
