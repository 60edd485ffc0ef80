import { beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { keepSweepState } from '../../src/sweep/sweep-state.ts'
import { aClock } from '../support/clock.ts'
import { addCandidate, addOpportunity, moveIn } from '../support/people.ts'
import { privateRedis } from '../support/private-stores.ts'
import { until } from '../support/until.ts'
import { useWorld } from '../support/use-world.ts'
import { startWorld } from '../support/world.ts'
import { aDelivery, anEnd, carried } from './store-contract/samples.ts'

describe('the dashboard’s addresses', () => {
  let delivered: string
  let dead: string
  const clock = aClock()
  const world = useWorld({ overrides: clock.overrides })

  beforeAll(async () => {
    delivered = await moveIn(world, addCandidate(world).applicationId)
    await world.api.settled(delivered)
    world.vendor.fault({ kind: 'error-request', operation: 'create', status: 422 })
    dead = await moveIn(world, addCandidate(world).applicationId)
    await world.api.settled(dead)
  })

  const headers = () => ({
    authorization: `Basic ${Buffer.from(`admin:${world.settings.adminPassword}`).toString('base64')}`,
  })
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(world.bridge.url + path, {
      redirect: 'manual',
      ...init,
      headers: { ...headers(), ...init.headers },
    })
    return { status: answer.status, to: answer.headers.get('location'), text: await answer.text(), all: answer.headers }
  }
  const send = async (path: string, fields: Readonly<Record<string, string>> = {}) =>
    await ask(path, { method: 'POST', body: new URLSearchParams(fields) })
  const title = ({ text }: { text: string }) => /<h1>(.*?)<\/h1>/.exec(text)?.[1]

  test.each<readonly [number, string]>([
    [200, '/admin'],
    [200, '/admin/deliveries?state=dead&connection=greenhouse&reason=&q='],
    [200, '/admin/deliveries?q=46194062'],
    [200, '/admin/webhooks?outcome=refused'],
    [200, '/admin/webhooks?list=1&outcome=ignored'],
    [200, '/admin/routes?compare=1&who=1'],
    [200, '/admin/replay?state=dead'],
    [200, '/admin/replayed?replayed=2&left=1&lastTurnAt=0'],
    [200, '/admin/api'],
    [200, '/admin/find?q=Amara+Quillfeather'],
    [200, '/admin/queues'],
    [200, '/admin/queues/queue/deliveries'],
    [303, '/admin/find?q=46194062'],
    [400, '/admin/deliveries?state=lost'],
    [400, '/admin/webhooks?colour=red'],
    [400, '/admin/replay?state=delivered'],
    [400, '/admin/replayed?replayed=2&left=1&lastTurnAt=9000000000000000'],
    [400, '/admin/deliveries?connection=%00'],
    [400, '/admin/changes?delivery=%00'],
    [404, '/admin/deliveries/dlv_none'],
    [404, '/admin/deliveries/dlv_none/forget'],
    [404, '/admin/nothing'],
    [404, '/admin/queues/static/..%2Findex.ejs'],
    [404, '/admin/assets/none.css'],
  ])('answer %i to GET %s', async (status, path) => {
    const answer = await ask(path)
    expect(answer.status).toBe(status)
    expect(answer.all.get('content-security-policy')).toMatch(/^default-src '(self|none)'; .*frame-ancestors 'none'/)
    expect(answer.all.get('referrer-policy')).toBe('same-origin')
  })

  test('count the time to a link from when its delivery came in, which is all that is known of those the sweep found', async () => {
    expect((await ask(`/admin/deliveries/${delivered}`)).text).toMatch(
      /Link written, \d+\.\d\u00a0s after it came in\./,
    )
  })

  test('find somebody by the address of their page in the ATS', async () => {
    const { applicationId, candidateId } = await world.api.delivery(delivered)
    const page = `https://app2.greenhouse.io/people/${candidateId}?application_id=${applicationId}`
    const found = await ask(`/admin/find?q=${encodeURIComponent(page)}`)
    expect(found).toMatchObject({ status: 303, to: `/admin/deliveries?q=${applicationId}` })
  })

  test('refuse without a password, as a page', async () => {
    const answer = await fetch(`${world.bridge.url}/admin`)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(await answer.text()).toContain('User and password')
    for (const path of ['/admin/queues', '/admin/queues/api/queues', '/admin/changes', '/api/openapi.json'])
      expect((await fetch(world.bridge.url + path)).status).toBe(401)
  })

  test('name both sides where a form of another site is refused', async () => {
    const path = `/admin/deliveries/${dead}/replay`
    const strange = { origin: 'https://evil.example.com' }
    const answer = await ask(path, { method: 'POST', headers: strange, body: new URLSearchParams() })
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('https://evil.example.com')
    expect(answer.text).toContain(world.bridge.url)
    expect(await world.api.delivery(dead)).toMatchObject({ state: 'dead' })
  })

  test('show the raw queue to look at only', async () => {
    const { status, text } = await ask('/admin/queues/api/queues?activeQueue=deliveries')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ queues: [{ name: 'deliveries', readOnlyMode: true }] })
    for (const path of ['pause', 'deliveries/empty', 'deliveries/obliterate', 'deliveries/clean/completed'])
      expect((await ask(`/admin/queues/api/queues/${path}`, { method: 'PUT' })).status).toBe(404)
  })

  test('say what would become of somebody, without sending anything', async () => {
    const [inStage, elsewhere] = [addCandidate(world, { stage: 'AI Interview' }), addCandidate(world)]
    const asked = async (id: number) => (await ask(`/admin/routes?who=${id}`)).text
    expect(await asked(inStage.applicationId)).toMatch(
      /Yes<\/span>.*by route 1\. It is in AI Interview, job Designer\./,
    )
    expect(await asked(elsewhere.applicationId)).toMatch(/No<\/span>.*It is in .*The routes listen to: AI Interview\./)
    const { applicationId, candidateId } = await world.api.delivery(delivered)
    const page = `https://app.greenhouse.io/people/${candidateId}`
    expect((await ask(`/admin/routes?who=${encodeURIComponent(page)}`)).text).toContain('by route 1')
    expect(world.greenhouse.notesOf(Number(applicationId))).toHaveLength(1)
    expect(world.greenhouse.notesOf(inStage.applicationId)).toEqual([])
    expect(world.vendor.interviews()).toHaveLength(1)
  })

  test('ask an ATS only about what can be an application of it', async () => {
    const { greenhouse, lever } = world
    const { opportunityId } = addOpportunity(world)
    const asked = async (who: string) => (await ask(`/admin/routes?who=${encodeURIComponent(who)}`)).text
    const calls = () => [
      greenhouse.calls.filter(({ operation }) => operation === 'list-applications').length,
      lever.calls.filter(({ operation }) => operation === 'get-opportunity').length,
    ]
    const [listed = 0, got = 0] = calls()
    expect(await asked(opportunityId)).toMatch(/No<\/span> <span class="small">lever<\/span>/)
    expect(calls()).toEqual([listed, got + 1])
    expect(await asked('dlv_none-0')).toContain('No connection can have an application with this address or id.')
    expect(calls()).toEqual([listed, got + 1])
    expect(await asked(delivered)).toContain('by route 1')
    expect(calls()).toEqual([listed + 1, got + 1])
  })

  test('take nobody else’s application for that of a candidate whose address alone is given', async () => {
    const { applicationId } = addCandidate(world, { stage: 'AI Interview' })
    const page = `https://app.greenhouse.io/people/${applicationId}`
    const { text } = await ask(`/admin/routes?who=${encodeURIComponent(page)}`)
    expect(text).toMatch(/Not known<\/span>.*Give the address of the application/)
    expect(text).not.toContain('by route 1')
  })

  test('put one back in line, and many, and say so', async () => {
    expect(await send(`/admin/deliveries/${delivered}/replay`)).toMatchObject({ status: 409 })
    expect(await send('/admin/deliveries/dlv_none/replay')).toMatchObject({ status: 404 })
    const before = String(Date.now())
    expect((await send('/admin/replay', { state: 'dead', before: '1', perMinute: '' })).to).toContain('replayed=0')
    expect((await send('/admin/replay', { state: 'dead', before, perMinute: '0' })).status).toBe(400)
    const { to } = await send('/admin/replay', { state: 'dead', before, perMinute: '30' })
    expect(to).toContain('/admin/replayed?replayed=1&left=0')
    expect(title(await ask(to ?? ''))).toBe('Put back in line')
    expect(await world.api.settled(dead)).toMatchObject({ state: 'delivered' })
    const selected = await send('/admin/replay/selected', { id: dead })
    expect(selected.to).toContain('replayed=0&left=1')
  })

  test('erase somebody after asking', async () => {
    expect(title(await ask(`/admin/deliveries/${dead}/forget`))).toBe('Erase everything about this person?')
    expect(await send(`/admin/deliveries/${dead}/forget`)).toMatchObject({ status: 303 })
    expect(await world.api.delivery(dead)).toMatchObject({ applicationId: 'erased', interviewLink: null })
    expect(await send(`/admin/deliveries/${dead}/replay`)).toMatchObject({ status: 409 })
    expect(await ask(`/admin/deliveries/${dead}/forget`)).toMatchObject({ status: 409 })
    expect(await send(`/admin/deliveries/${dead}/forget`)).toMatchObject({ status: 409 })
    expect((await ask(`/admin/deliveries/${dead}`)).status).toBe(200)
  })

  test('say in a refusal’s title what it is about', async () => {
    const typed = await ask('/admin/replay', { method: 'POST', body: '<x/>', headers: { 'content-type': 'text/xml' } })
    expect([typed.status, title(typed)]).toEqual([415, 'That could not be read'])
    const again = await send(`/admin/deliveries/${delivered}/replay`)
    expect([again.status, title(again)]).toEqual([409, 'That cannot be done now'])
    const { greenhouse, api } = world
    const { applicationId } = addCandidate(world)
    greenhouse.fault({ kind: 'delay-reply', operation: 'create-note', delayMs: 10_000 })
    const id = await moveIn(world, applicationId)
    await until(() => greenhouse.notesOf(applicationId).length > 0)
    const early = await until(async () => {
      const answer = await send(`/admin/deliveries/${id}/forget`)
      // So of a store that has not taken it in time.
      return title(answer) !== 'Not at this moment' && answer
    })
    expect([early.status, title(early)]).toEqual([503, 'Not everything is erased yet'])
    await api.settled(id)
  })

  test.each([
    ['the ATS’s limit', 'greenhouse', 'list-applications', 'rate-limit', undefined],
    ['InterviewFlowAI’s limit', 'vendor', 'create', 'rate-limit', 24],
    ['a key that is refused', 'vendor', 'create', 'unauthorized', 1],
  ] as const)('say until when %s is waited for, if that has an end', async (_what, name, operation, kind, hours) => {
    const sandbox = world[name]
    sandbox.fault({ kind, operation, times: 1_000, ...(kind === 'rate-limit' && { retryAfterS: 1 }) })
    const id = await moveIn(world, addCandidate(world).applicationId)
    const waiting = await until(async () => {
      const { text } = await ask(`/admin/deliveries/${id}`)
      return text.includes('Next try') ? text : undefined
    })
    const { receivedAt } = await world.api.delivery(id)
    const end = /It goes on until <time datetime="(.*?)"/.exec(waiting)?.[1]
    expect(end && Math.round((Date.parse(end) - Date.parse(receivedAt)) / 3_600_000)).toBe(hours)
    sandbox.clearFaults()
    await world.api.settled(id)
  })

  test('tell of refused credentials while they are being tried, and of a connection that has fallen silent', async () => {
    expect(title(await ask('/admin'))).toBe('Overview')
    expect((await ask('/admin')).text).toContain('Nothing needs you.')
    world.vendor.fault({ kind: 'unauthorized', operation: 'create', times: 1_000 })
    await world.api.retrying(await moveIn(world, addCandidate(world).applicationId))
    // At an attempt nothing waits, and is told of.
    const text = await until(async () => {
      const page = await ask('/admin')
      return page.text.includes('See 1 waiting') && page.text
    })
    expect(text).toContain('<title>(1) Needs you · ')
    expect(text).toContain('InterviewFlowAI refuses our key. It is tried for an hour.')
    world.vendor.clearFaults()

    const { applicationId } = addCandidate(world)
    for (let sent = 0; sent < 50; sent += 1) {
      const webhook = world.greenhouse.move(applicationId, sent % 2 === 0 ? 'Face to Face' : 'Offer')
      await world.greenhouse.sendWebhook(world.hook('greenhouse'), webhook)
    }
    const ignored = async () => (await world.api.get('/api/webhooks?limit=50')).body as { items: unknown[] }
    await until(async () => (await ignored()).items.length === 50)
    expect((await ask('/admin')).text).not.toContain('used to send webhooks every day')
    clock.forward(4 * 86_400_000)
    const silent = 'Greenhouse, which used to send webhooks every day, has sent none for a working day.'
    expect((await ask('/admin')).text).toContain(silent)
  })

  test('offer no waiting deliveries where a sweep alone met refused credentials', async () => {
    const store = await openStore(world.settings.store)
    await keepSweepState(store.cache, 'greenhouse', { startedAt: Date.now(), failure: 'ats-refusing-key' })
    await store.close()
    const { text } = await ask('/admin')
    expect(text).toContain('Greenhouse refuses our credentials.')
    expect(text).not.toContain('See 0 waiting')
  })

  test('tell of the last day’s figures what they count', async () => {
    const own = await privateRedis()
    const opened = await openStore(own.settings, [])
    const stores = { store: opened, other: opened }
    const now = Date.now()
    const overview = async () => await (await fetch(`${other.bridge.url}/admin`, { headers: headers() })).text()
    const retried = async (age: number) =>
      await carried(
        stores,
        aDelivery({ receivedAt: now - age }),
        anEnd({ state: 'retrying', reason: 'vendor-unavailable', nextAttemptAt: now + 600_000_000 - age }),
      )

    await carried(stores, aDelivery({ receivedAt: now - 3_000 }), anEnd({ at: now }))
    for (const age of [5_000_000, 5_000_001]) {
      const replayed = aDelivery({ receivedAt: now - age })
      await carried(stores, replayed, anEnd({ state: 'dead', reason: 'vendor-refused', at: now - 4_000_000 }))
      await opened.journal.requeued(replayed.id, now)
      await carried(stores, replayed, anEnd({ at: now }))
    }
    for (let age = 1; age <= 200; age += 1) await retried(age * 1_000)
    const other = await startWorld(own.settings)

    const text = await overview()
    expect(text).toMatch(/Of what came in the last 24 hours<.*3 links delivered<.*, usually within 3\.0\u00a0s/s)
    expect(text).toContain(`, next <time datetime="${new Date(now + 599_800_000).toISOString()}"`)
    await retried(300_000)
    expect(await overview(), 'of more than are looked at').not.toContain(', next <time')
    await other.close()
    await opened.close()
    await own.remove()
  })

  test('do not take the end of a search for the end of the deliveries', async () => {
    const own = await privateRedis()
    const opened = await openStore(own.settings, [])
    for (let left = 5_200; left > 0; left -= 400) {
      const some = Array.from({ length: 400 }, () => aDelivery({ connection: 'greenhouse' }))
      await opened.journal.received(some)
    }
    const other = await startWorld(own.settings)
    const answer = await fetch(`${other.bridge.url}/admin/deliveries?connection=lever`, { headers: headers() })
    const text = await answer.text()
    expect(text).toContain('Further back there may be')
    expect(text).toContain('Older ›')
    await other.close()
    await opened.close()
    await own.remove()
  })
})
