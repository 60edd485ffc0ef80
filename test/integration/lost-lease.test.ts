import { Redis } from 'ioredis'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { obtainInterview } from '../../src/deliver/obtain-interview.ts'
import { makeAgent } from '../../src/http/agent.ts'
import { FreshConnections } from '../../src/http/fresh-connections.ts'
import { RestVendor } from '../../src/interview/rest-vendor.ts'
import { personKey } from '../../src/ledger/person-key.ts'
import { sandboxRoute } from '../../src/sandbox/settings.ts'
import { openStore } from '../../src/store/open-store.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { FakeHttp } from '../support/fake-http.ts'
import { privatePostgres, privateRedis } from '../support/private-stores.ts'
import { until } from '../support/until.ts'
import { aDelivery, aSubject } from './store-contract/samples.ts'

const afterwards = cleanUpAfterEach()

/** Lets a lease's name run out, as if nobody had renewed it. */
const expireOn = {
  async redis(url: string, name: string) {
    const redis = new Redis(url)
    await redis.pexpire(`{bridge}:lease:${name}`, 1)
    redis.disconnect()
  },
  async postgres(url: string, name: string) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('UPDATE bridge.lease SET expires_at = now() WHERE name = $1', [name])
    await client.end()
  },
}

describe.each([
  ['redis' as const, privateRedis],
  ['postgres' as const, async () => await privatePostgres(inject('postgresUrl'))],
])('on %s', (kind, make) => {
  it('an expired lease goes to the next who asks, and its former holder notices', async () => {
    const place = await make()
    afterwards(() => place.remove())
    if (place.settings.kind === 'embedded') throw new Error('a server is needed')
    const stores = await Promise.all([openStore(place.settings), openStore(place.settings)])
    afterwards(async () => await Promise.all(stores.map((store) => store.close())))
    const former = await until(() => stores[0].leases.acquire('application'))
    await expireOn[kind](place.settings.url, 'application')
    const next = await until(() => stores[1].leases.acquire('application'))
    await until(() => !former.isHeld())
    expect(next.isHeld()).toBe(true)
    await former.release()
    await expect(stores[0].leases.acquire('application')).resolves.toBeUndefined()
    await next.release()
  })

  it('a lease of two names is lost with either, and lives on with both', async () => {
    const place = await make()
    afterwards(() => place.remove())
    if (place.settings.kind === 'embedded') throw new Error('a server is needed')
    const store = await openStore(place.settings)
    afterwards(() => store.close())
    const [renewed, lost] = await Promise.all([store.leases.acquire('one'), store.leases.acquire('two')])
    await Promise.all([renewed?.alsoTake('one-more'), lost?.alsoTake('lost')])
    await expireOn[kind](place.settings.url, 'lost')
    await until(() => lost?.isHeld() === false)
    expect(renewed?.isHeld()).toBe(true)
    await expect(store.leases.acquire('one-more')).resolves.toBeUndefined()
  })
})

describe('a lease that is lost', () => {
  const line = 'POST /api/external/ingest/candidate'

  /** Asks for an interview under a lease of this state. @returns how that ended, and what is remembered of the person */
  async function obtain(fake: FakeHttp, isHeld: () => boolean) {
    const place = await privateRedis()
    afterwards(() => place.remove())
    const { ledger, close } = await openStore(place.settings)
    afterwards(close)
    const agent = makeAgent()
    afterwards(() => agent.destroy())
    const vendor = new RestVendor({
      apiKey: 'key',
      baseUrl: fake.baseUrl,
      linkHosts: [],
      dispatcher: agent,
      createDispatcher: new FreshConnections(),
      observeCall: () => undefined,
      now: Date.now,
    })
    const delivery = aDelivery()
    const { applicationId, candidateId, stageId, connection } = delivery
    const route = sandboxRoute(connection)
    const key = { connection, applicationId, routeId: route.id }
    const name = 'Amara Quillfeather'
    const email = 'amara@example.com'
    const given = {
      delivery,
      route,
      application: { id: applicationId, candidateId, stageId, stageName: 'AI Interview', email, name, standing: {} },
      whose: aSubject(),
      lease: { isHeld, alsoTake: async () => true },
      begun: { key, target: 'begun' },
      made: { key, target: 'made' },
      lapsed: undefined,
      resumeUrl: async () => undefined,
      awaitsLink: () => undefined,
    }
    const ended = await obtainInterview(given, { vendor, ledger, now: Date.now }).catch((error: unknown) => error)
    const person = personKey(await ledger.hashKey(), route.interviewer, email)
    return { ended, entry: await ledger.findInterview(person) }
  }

  it('while the intent is stored sends nobody’s name to the vendor, and leaves the intent to whoever comes next', async () => {
    const fake = await FakeHttp.start()
    afterwards(() => fake.close())
    const asked = [true]
    const { ended, entry } = await obtain(fake, () => asked.shift() ?? false)
    expect(ended).toMatchObject({ reason: 'application-busy', isAttempt: false })
    expect(entry?.intentAt).toBeTypeOf('number')
    expect(fake.calls).toEqual([])
  })

  it.each([[false], [true]])('takes back no intent of its successor: held %s', async (isHeldAfter) => {
    const fake = await FakeHttp.start()
    afterwards(() => fake.close())
    let isHeld = true
    fake.expect(line, () => {
      isHeld = isHeldAfter
      return { status: 429 }
    })
    const { ended, entry } = await obtain(fake, () => isHeld)
    expect(ended).toMatchObject({ reason: 'vendor-rate-limited' })
    expect(entry === undefined).toBe(isHeldAfter)
    fake.assertDone()
  })
})
