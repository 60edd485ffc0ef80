import { afterEach, describe, expect, test } from 'vitest'
import {
  type GreenhouseOptions,
  type GreenhouseSandbox,
  startGreenhouseSandbox,
} from '../../../src/sandbox/greenhouse.ts'
import { basic, call, harvest } from './http.ts'

let sandbox: GreenhouseSandbox
const start = async (options?: GreenhouseOptions) => {
  sandbox = await startGreenhouseSandbox(options)
  return sandbox
}
afterEach(() => sandbox.close())

const form = { grant_type: 'client_credentials' }
const good = basic('sandbox-client-4001', 'sandbox-client-secret')

describe('the token endpoint of the Greenhouse sandbox', () => {
  test('gives a bearer token with the instant of its end', async () => {
    await start({ now: () => Date.parse('2026-05-11T13:53:44Z') })
    const answer = await call(`${sandbox.url}/token`, { headers: good, form })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_at: '2026-05-11T14:53:44Z' })
    expect(answer.headers.get('x-ratelimit-limit')).toBe('60')
  })

  test.each([
    [
      'no grant type',
      { headers: good, form: {} },
      400,
      { message: 'Must include `grant_type` parameter in /token request' },
    ],
    [
      'a JSON body',
      { headers: good, json: form },
      400,
      { message: 'Must include `grant_type` parameter in /token request' },
    ],
    [
      'another grant type',
      { headers: good, form: { grant_type: 'password' } },
      400,
      { error: 'unsupported_grant_type' },
    ],
    ['no credentials', { form }, 401, { message: 'Unauthorized', errorId: 'err-0000' }],
    ['a wrong secret', { headers: basic('sandbox-client-4001', 'wrong'), form }, 401, { error: 'invalid_client' }],
    [
      'a client id without its number',
      { headers: basic('notaclient', 'x'), form },
      400,
      {
        message: 'client_id=notaclient does not contain a valid client ID suffix',
        errorId: 'err-0000',
      },
    ],
    [
      'a user that is no number',
      { headers: good, form: { ...form, sub: 'ada' } },
      400,
      {
        error: 'invalid_request',
        error_description: 'invalid sub',
      },
    ],
  ])('refuses %s', async (_case, options, status, body) => {
    await start()
    const answer = await call(`${sandbox.url}/token`, options)
    expect([answer.status, answer.body]).toEqual([status, body])
  })

  test('refuses the sixty-first token of a minute', async () => {
    await start({ now: () => 0 })
    for (let count = 0; count < 60; count += 1) await call(`${sandbox.url}/token`, { headers: good, form })
    expect((await call(`${sandbox.url}/token`, { headers: good, form })).status).toBe(429)
  })
})

describe('a token of the Greenhouse sandbox', () => {
  const unauthorized = {
    message: 'Unauthorized',
    errors: ['Token could not be decoded. Please ensure your token is from a trusted source.'],
  }

  test('is needed, and Basic credentials do not replace it', async () => {
    await start()
    for (const headers of [{}, good, { authorization: 'Bearer made-up' }]) {
      const answer = await call(`${sandbox.url}/v3/jobs`, { headers })
      expect([answer.status, answer.body]).toEqual([401, unauthorized])
    }
  })

  test('is refused once its time is over', async () => {
    let now = 1_000_000
    await start({ now: () => now, settings: { tokenLifetimeS: 60 } })
    const api = await harvest(sandbox)
    expect((await api('/jobs')).status).toBe(200)
    now += 60_000
    expect((await api('/jobs')).status).toBe(401)
  })

  test('is made worthless by the next one where the account is set so', async () => {
    await start({ settings: { revokePrevious: true } })
    const first = await harvest(sandbox)
    const second = await harvest(sandbox)
    expect([(await first('/jobs')).status, (await second('/jobs')).status]).toEqual([401, 200])
  })

  test('reaches only what its scopes name', async () => {
    await start({ credentials: [{ clientId: 'c-1', clientSecret: 's', scopes: ['harvest:user_roles:list'] }] })
    const api = await harvest(sandbox)
    expect((await api('/user_roles?per_page=1')).status).toBe(200)
    expect((await api('/candidates')).status).toBe(403)
    expect((await api('/notes', { json: {} })).status).toBe(403)
  })

  test('lists nothing for a user who is no site admin', async () => {
    await start()
    expect((await (await harvest(sandbox, '4081'))('/jobs')).status).toBe(403)
    expect((await (await harvest(sandbox, '4080'))('/jobs')).status).toBe(200)
  })

  test('is limited in windows of the clock, with the seconds to wait', async () => {
    let now = 40_000
    await start({ now: () => now, settings: { rateLimit: 2 } })
    const api = await harvest(sandbox)
    const first = await api('/jobs')
    expect(first.headers.get('x-ratelimit-limit')).toBe('2')
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1')
    expect(first.headers.get('x-ratelimit-reset')).toBe('70')
    await api('/jobs')
    const over = await api('/jobs')
    expect([over.status, over.headers.get('retry-after')]).toEqual([429, '20'])
    now = 60_000
    expect((await api('/jobs')).status).toBe(200)
  })
})
