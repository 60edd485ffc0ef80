import { pino } from 'pino'
import { beforeAll, describe, expect, test } from 'vitest'
import { startBridge } from '../../src/app.ts'
import { sandboxInterviewer } from '../../src/sandbox/interviewflow.ts'
import type { ShownDelivery } from '../support/admin-client.ts'
import { describedApi } from '../support/described-api.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { useWorld } from '../support/use-world.ts'

const PUBLIC_URL = 'https://links.example.com'

interface Listed {
  readonly items: readonly ShownDelivery[]
  readonly nextCursor: string | null
  readonly counts: Readonly<Record<string, number>>
}

describe('the admin API', () => {
  const world = useWorld({ settings: { publicUrl: PUBLIC_URL } })
  /** Ids of the deliveries that stand at the end of `beforeAll`. */
  let delivered: readonly string[]
  let atLever: string
  let lapsed: string
  let dead: string
  let deadApplication: number

  beforeAll(async () => {
    const { vendor, greenhouse, api } = world
    delivered = await Promise.all(Array.from({ length: 9 }, () => moveIn(world, addCandidate(world).applicationId)))
    atLever = await moveInAtLever(world, addOpportunity(world).opportunityId)
    lapsed = await moveIn(world, addCandidate(world, { canEmail: false }).applicationId)
    await api.quiet()
    vendor.fault({ kind: 'error-request', operation: 'create', status: 422 })
    deadApplication = addCandidate(world).applicationId
    dead = await moveIn(world, deadApplication)
    await api.settled(dead)
    expect(greenhouse.notesOf(deadApplication)).toEqual([])
  })

  const list = async (query: string) => (await world.api.get(`/api/deliveries?${query}`)).body as Listed
  const ids = async (query: string) => (await list(query)).items.map(({ id }) => id)
  const entitled = () => ({
    authorization: `Basic ${Buffer.from(`admin:${world.settings.adminPassword}`).toString('base64')}`,
  })
  const ask = async (method: string, path: string, headers: Readonly<Record<string, string>>) => {
    const response = await fetch(world.bridge.url + path, { method, headers })
    const text = await response.text()
    return { status: response.status, body: path.startsWith('/api') ? (JSON.parse(text) as unknown) : text }
  }
  const post = async (path: string, headers: Readonly<Record<string, string>>) =>
    await ask('POST', path, { ...entitled(), ...headers })
  const error = (code: string) => ({ error: { code, message: expect.stringMatching(/.{10}/) } })

  test('is not there without ADMIN_PASSWORD', async () => {
    const { adminPassword: _password, ...settings } = world.settings
    const bridge = await startBridge(settings, pino({ level: 'silent' }))
    const headers = { authorization: `Basic ${Buffer.from('admin:').toString('base64')}` }
    for (const path of ['/api/deliveries', `/api/deliveries/${dead}`, '/admin'])
      expect((await fetch(bridge.url + path, { headers })).status).toBe(404)
    await bridge.stop()
  })

  test.each([
    ['no credentials', undefined],
    ['a wrong password', 'admin:wrong'],
    ['a wrong user', 'root:sandbox-admin-password'],
    ['an empty password', 'admin:'],
  ])('asks for credentials when given %s', async (_what, credentials) => {
    const headers = credentials === undefined ? {} : { authorization: `Basic ${btoa(credentials)}` }
    const response = await fetch(`${world.bridge.url}/api/deliveries`, { headers })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /)
    expect(await response.json()).toEqual(error('unauthorized'))
  })

  test('counts deliveries by state', async () => {
    const counts = { queued: 0, running: 0, retrying: 0, delivered: 10, lapsed: 1, dead: 1 }
    expect((await list('limit=1')).counts).toEqual(counts)
    expect((await list('state=dead')).counts).toEqual(counts)
  })

  test('lists newest first, whole', async () => {
    const { items, nextCursor } = await list('')
    expect(items.map(({ id }) => id).slice(0, 3)).toEqual([dead, lapsed, atLever])
    expect(nextCursor).toBeNull()
    expect(items[0]).toEqual({
      id: dead,
      state: 'dead',
      reason: 'vendor-refused',
      connection: 'greenhouse',
      ats: 'greenhouse',
      applicationId: String(deadApplication),
      candidateId: expect.stringMatching(/^\d+$/),
      jobId: expect.stringMatching(/^\d+$/),
      jobName: 'Designer',
      stageId: expect.stringMatching(/^\d+$/),
      stageName: 'AI Interview',
      interviewer: sandboxInterviewer,
      interviewId: null,
      interviewLink: null,
      attempts: 1,
      nextAttemptAt: null,
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    })
  })

  test('filters by state, reason, connection, and the id of delivery, application or candidate', async () => {
    const [{ applicationId, candidateId } = { applicationId: '', candidateId: '' }] = (await list('state=dead')).items
    expect(await ids('state=dead')).toEqual([dead])
    expect(await ids('reason=contact-forbidden')).toEqual([lapsed])
    expect(await ids('connection=lever')).toEqual([atLever])
    expect(await ids(`q=${applicationId}`)).toEqual([dead])
    expect(await ids(`q=${candidateId}`)).toEqual([dead])
    expect(await ids(`q=${dead}`)).toEqual([dead])
    expect(await ids(`q=${dead}&state=delivered`)).toEqual([])
    expect(await ids('state=delivered&connection=greenhouse')).toHaveLength(9)
    expect(await ids('state=&q=&connection=lever&cursor=')).toEqual([atLever])
    expect(await ids('q=nobody')).toEqual([])
  })

  test('gives pages without gaps or repeats', async () => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Listed = await list(`limit=5&cursor=${encodeURIComponent(cursor)}`)
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(seen).toHaveLength(12)
    expect(new Set(seen)).toEqual(new Set([...delivered, atLever, lapsed, dead]))
  })

  test.each([
    'colour=red',
    'state=lost',
    'reason=because',
    'limit=0',
    'limit=201',
    'limit=many',
    'state=dead&state=lapsed',
  ])('refuses the query %s with 400', async (query) => {
    expect(await world.api.get(`/api/deliveries?${query}`)).toEqual({ status: 400, body: error('invalid') })
  })

  // Refused before the store sees them, of which PostgreSQL and the embedded one take no such text.
  test.each([
    '/api/deliveries?q=%00',
    '/api/deliveries?connection=lever%00',
    '/api/deliveries?cursor=%00',
    '/api/webhooks?q=1%00',
  ])('refuses a NUL character in %s with 400', async (path) => {
    expect(await world.api.get(path)).toEqual({ status: 400, body: error('invalid') })
  })

  test('refuses a NUL character in a body, and knows nothing by an id that holds one', async () => {
    const bodies = {
      '/api/candidates/forget': { connection: 'lever', candidateId: '1\0' },
      '/api/deliveries/replay': { state: 'dead', connection: '\0', dryRun: true },
    }
    for (const [path, body] of Object.entries(bodies))
      expect(await world.api.post(path, body)).toEqual({ status: 400, body: error('invalid') })
    expect(await world.api.get('/api/deliveries/%00')).toEqual({ status: 404, body: error('not-found') })
    expect(await world.api.post('/api/deliveries/%00/replay')).toEqual({ status: 404, body: error('not-found') })
  })

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'answers %s where there is nothing as it answers any error, and only after the password',
    async (method) => {
      const page = { status: 404, body: expect.stringContaining('<h1>There is nothing here</h1>') as unknown }
      expect(await ask(method, '/admin/unknown', entitled())).toEqual(page)
      expect(await ask(method, '/api/unknown', entitled())).toEqual({ status: 404, body: error('not-found') })
      expect(await ask(method, '/api/unknown', {})).toEqual({ status: 401, body: error('unauthorized') })
    },
  )

  test.each([
    ['PUT', '/api/deliveries/x'],
    ['DELETE', '/api/candidates/forget'],
    ['POST', '/api/webhooks'],
  ])('takes no %s to %s, and from another site’s page not even that', async (method, path) => {
    expect(await ask(method, path, entitled())).toEqual({ status: 404, body: error('not-found') })
    const elsewhere = { ...entitled(), origin: 'https://elsewhere.example.com' }
    expect(await ask(method, path, elsewhere)).toEqual({ status: 403, body: error('cross-site') })
  })

  test('answers what its description says, and describes each of its endpoints', async () => {
    const api = describedApi(world)
    for (const query of ['', 'state=dead', 'limit=3', 'q=nobody']) await api.get(`/api/deliveries?${query}`)
    for (const id of [dead, lapsed, atLever]) await api.get(`/api/deliveries/${id}`)
    const { openapi, paths } = (await world.api.get('/api/openapi.json')).body as { openapi: string; paths: object }
    expect(openapi).toMatch(/^3\.1\./)
    expect(Object.keys(paths)).toEqual([
      '/api/deliveries',
      '/api/deliveries/{id}',
      '/api/deliveries/{id}/replay',
      '/api/deliveries/replay',
      '/api/deliveries/{id}/link',
      '/api/candidates/forget',
      '/api/webhooks',
    ])
  })

  test('shows one delivery with its timeline', async () => {
    const shown = await world.api.delivery(dead)
    expect(shown).toMatchObject({ id: dead, state: 'dead', interviewer: sandboxInterviewer })
    expect(shown.timeline.map(({ step, outcome, reason }) => ({ step, outcome, reason }))).toEqual([
      { step: 'receive', outcome: expect.any(String) },
      { step: 'load', outcome: 'active' },
      { step: 'interview', outcome: 'failed', reason: 'vendor-refused' },
    ])
    const times = shown.timeline.map(({ at }) => Date.parse(at))
    expect(times).toEqual(times.toSorted((left, right) => left - right))
  })

  test('knows no delivery of another id', async () => {
    const unknown = { status: 404, body: error('not-found') }
    expect(await world.api.get('/api/deliveries/dlv_0')).toEqual(unknown)
    expect(await world.api.post('/api/deliveries/dlv_0/replay')).toEqual(unknown)
  })

  test('lets no other site’s page change anything', async () => {
    const before = await world.api.delivery(dead)
    const strangers = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site', origin: PUBLIC_URL },
      { origin: 'https://elsewhere.example.com' },
      { origin: 'null' },
    ]
    for (const headers of strangers)
      expect(await post(`/api/deliveries/${dead}/replay`, headers)).toEqual({ status: 403, body: error('cross-site') })
    expect(await world.api.delivery(dead)).toEqual(before)
  })

  test('tries a dead delivery again once its cause is mended, from the page at PUBLIC_URL', async () => {
    expect(await post(`/api/deliveries/${dead}/replay`, { origin: PUBLIC_URL })).toEqual({
      status: 200,
      body: { id: dead, state: 'queued' },
    })
    expect(await world.api.settled(dead)).toMatchObject({ state: 'delivered', reason: 'written', attempts: 1 })
    expect(world.greenhouse.notesOf(deadApplication)).toHaveLength(1)
    expect((await world.api.counts())['dead']).toBe(0)
  })

  test('tries no delivered one again', async () => {
    const [first = ''] = delivered
    const calls = world.greenhouse.calls.length
    expect(await world.api.post(`/api/deliveries/${first}/replay`)).toEqual({
      status: 409,
      body: error('not-replayable'),
    })
    expect(await world.api.delivery(first)).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(world.greenhouse.calls).toHaveLength(calls)
  })
})
