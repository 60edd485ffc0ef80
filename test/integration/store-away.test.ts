import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { signedGreenhouseWebhook } from '../../src/sandbox/sign.ts'
import { addCandidate } from '../support/people.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { startRedis } from '../support/redis-server.ts'
import { deliveryIds } from '../support/sent.ts'
import type { TestServer } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { startWorld, type World } from '../support/world.ts'

/** Far above the two seconds after which the answer is due, far below what a hanging handler would take. */
const DEADLINE_MS = 6_000

const stores: readonly (readonly [string, 'redis' | 'postgres', () => Promise<TestServer>])[] = [
  ['Redis', 'redis', startRedis],
  ['PostgreSQL', 'postgres', startPostgres],
]

describe.each(stores)('a running bridge whose %s goes away', (_name, kind, start) => {
  let server: TestServer
  let world: World

  beforeAll(async () => {
    server = await start()
    world = await startWorld({ kind, url: server.url })
  })
  afterAll(async () => {
    server?.thaw()
    await world?.close()
    await server?.stop()
  })

  const isReady = async () => (await fetch(`${world.bridge.url}/readyz`)).ok
  const aWebhook = () => {
    const { applicationId } = addCandidate(world)
    const payload = world.greenhouse.move(applicationId, SANDBOX_STAGE)
    const send = async () =>
      await world.greenhouse.sendWebhook(world.hook('greenhouse'), payload, { timeoutMs: DEADLINE_MS })
    return { applicationId, send }
  }
  const arrives = async ({ applicationId, send }: ReturnType<typeof aWebhook>) => {
    const accepted = await until(async () => {
      const sent = await send()
      return sent.accepted && sent
    })
    const [id = ''] = deliveryIds(accepted)
    expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)
  }
  const refused = { status: 503, body: { status: 'unavailable' } }

  beforeEach(async () => {
    await until(isReady)
  })

  test('asks the ATS to come again, and takes and delivers the resend without a restart', async () => {
    const webhook = aWebhook()
    await server.kill()
    expect(await webhook.send()).toMatchObject(refused)
    expect(await webhook.send()).toMatchObject(refused)
    await server.restart()
    await arrives(webhook)
  })

  test('answers a burst in time while the store hangs, and delivers each person once when it goes on', async () => {
    await arrives(aWebhook())
    const webhooks = Array.from({ length: 20 }, aWebhook)
    server.freeze()
    const answers = await Promise.all(webhooks.map(({ send }) => send()))
    server.thaw()
    expect(answers).toEqual(webhooks.map(() => expect.objectContaining(refused)))
    await Promise.all(webhooks.map(arrives))
  })

  test('says when to come again', async () => {
    const payload = world.greenhouse.move(addCandidate(world).applicationId, SANDBOX_STAGE)
    const { body, headers } = signedGreenhouseWebhook(payload, world.greenhouse.webhookSecret)
    await server.kill()
    const response = await fetch(world.hook('greenhouse'), { method: 'POST', headers, body })
    await server.restart()
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('goes on with what it was at when the store left', async () => {
    const { vendor, api, greenhouse, hook } = world
    const { applicationId, email } = addCandidate(world)
    vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: 700 })
    const creates = () => vendor.calls.filter(({ operation }) => operation === 'create').length
    const before = creates()
    const sent = await greenhouse.sendWebhook(hook('greenhouse'), greenhouse.move(applicationId, SANDBOX_STAGE))
    await until(() => creates() > before)
    await server.kill()
    await until(() => vendor.calls.findLast(({ operation }) => operation === 'create')?.status === 201)
    await server.restart()
    const [id = ''] = deliveryIds(sent)
    expect(await api.settled(id, 60_000)).toMatchObject({ state: 'delivered' })
    expect(vendor.interviews().filter((interview) => interview.email === email)).toHaveLength(1)
    expect(creates()).toBe(before + 1)
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
  }, 90_000)
})

test('a bridge whose PostgreSQL dies as soon as it has started answers, and heals', async () => {
  const server = await startPostgres()
  const world = await startWorld({ kind: 'postgres', url: server.url })
  await server.kill()
  const payload = world.greenhouse.move(addCandidate(world).applicationId, SANDBOX_STAGE)
  const send = async () => await world.greenhouse.sendWebhook(world.hook('greenhouse'), payload)
  expect(await send()).toMatchObject({ status: 503 })
  await server.restart()
  const accepted = await until(async () => {
    const sent = await send()
    return sent.accepted && sent
  })
  expect(await world.api.settled(deliveryIds(accepted)[0] ?? '')).toMatchObject({ state: 'delivered' })
  await world.close()
  await server.stop()
})
