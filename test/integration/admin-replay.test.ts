import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findReplayable } from '../../src/admin/replay.ts'
import { openStore } from '../../src/store/open-store.ts'
import { describedApi, refusal } from '../support/described-api.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { privateRedis } from '../support/private-stores.ts'
import { useWorld } from '../support/use-world.ts'
import { aDelivery, anEnd, carried } from './store-contract/samples.ts'

const REPLAY = '/api/deliveries/replay'

describe('trying many again', () => {
  const world = useWorld()
  let api: ReturnType<typeof describedApi>
  /** Dead for the same reason, oldest first; the last is at Lever. */
  let dead: readonly string[]

  beforeAll(() => {
    api = describedApi(world)
  })
  beforeEach(async () => {
    await replayAndSettle({ state: 'dead' })
    dead = await refusedByVendor(3)
  })

  /** Deliveries whose interview the vendor refuses, one after the other. */
  async function refusedByVendor(many: number): Promise<readonly string[]> {
    world.vendor.fault({ kind: 'error-request', operation: 'create', status: 422, times: many })
    const ids: string[] = []
    for (let made = 1; made <= many; made += 1) {
      const id =
        made < many
          ? await moveIn(world, addCandidate(world).applicationId)
          : await moveInAtLever(world, addOpportunity(world).opportunityId)
      ids.push(id)
      expect(await world.api.settled(id)).toMatchObject({ state: 'dead', reason: 'vendor-refused' })
    }
    return ids
  }
  async function replayAndSettle(body: object) {
    const answer = await api.post(REPLAY, body)
    await world.api.quiet()
    return answer
  }
  const stateOf = async (id: string) => (await world.api.delivery(id)).state
  const statesOf = async (ids: readonly string[]) => await Promise.all(ids.map(stateOf))

  test('a dry run says which, newest first, and changes nothing', async () => {
    const { body } = await api.post(REPLAY, { state: 'dead', dryRun: true })
    expect(body).toMatchObject({ dryRun: true, matching: 3, more: false, skipped: 0, ids: dead.toReversed() })
    expect(await statesOf(dead)).toEqual(['dead', 'dead', 'dead'])
  })

  test('all that match are put back and delivered', async () => {
    expect((await replayAndSettle({ state: 'dead' })).body).toMatchObject({ dryRun: false, matching: 3, skipped: 0 })
    expect(await statesOf(dead)).toEqual(['delivered', 'delivered', 'delivered'])
  })

  test('only those of a connection or a reason are touched', async () => {
    expect((await replayAndSettle({ state: 'dead', connection: 'lever' })).body).toMatchObject({ ids: [dead[2]] })
    expect((await replayAndSettle({ state: 'dead', reason: 'name-mismatch' })).body).toMatchObject({ matching: 0 })
    expect(await statesOf(dead)).toEqual(['dead', 'dead', 'delivered'])
  })

  test('what died after it was counted is left alone', async () => {
    const counted = (await api.post(REPLAY, { state: 'dead', dryRun: true })).body
    const [later = ''] = await refusedByVendor(1)
    const { body } = await replayAndSettle({ state: 'dead', before: counted['before'] })
    expect(body).toMatchObject({ matching: 3, before: counted['before'] })
    expect(await statesOf([...dead, later])).toEqual(['delivered', 'delivered', 'delivered', 'dead'])
  })

  test('spread over time, the oldest has its turn at once and the others wait for theirs', async () => {
    const { body } = await api.post(REPLAY, { state: 'dead', perMinute: 1 })
    const [oldest = '', second = '', last = ''] = dead
    expect(await world.api.settled(oldest)).toMatchObject({ state: 'delivered' })
    const waiting = await Promise.all([second, last].map((id) => world.api.delivery(id)))
    expect(waiting.map(({ state }) => state)).toEqual(['queued', 'queued'])
    const turns = waiting.map(({ nextAttemptAt }) => Date.parse(nextAttemptAt ?? ''))
    expect((turns[1] ?? 0) - (turns[0] ?? 0)).toBeGreaterThan(50_000)
    expect(Date.parse(String(body['lastTurnAt'])) - Date.now()).toBeGreaterThan(60_000)

    // Somebody moved meanwhile does not wait behind them.
    expect(await world.api.settled(await moveIn(world, addCandidate(world).applicationId))).toMatchObject({
      state: 'delivered',
    })
    // Whoever is erased before the turn comes is not tried again.
    const [{ candidateId } = { candidateId: '' }] = waiting
    await api.post('/api/candidates/forget', { connection: 'greenhouse', candidateId })
    expect(await world.api.delivery(second)).toMatchObject({ state: 'lapsed', reason: 'anonymized' })
    await api.post('/api/candidates/forget', { connection: 'lever', candidateId: waiting[1]?.candidateId })
    expect(await stateOf(last)).toBe('lapsed')
  })

  test('one call is about 1,000 at most, the newest, and says that there are more', async () => {
    const own = await privateRedis()
    const opened = await openStore(own.settings, [])
    const deliveries = Array.from({ length: 1_001 }, (_, receivedAt) => aDelivery({ receivedAt }))
    const end = anEnd({ state: 'dead', at: 2_000 })
    for (let from = 0; from < deliveries.length; from += 50) {
      const some = deliveries.slice(from, from + 50)
      await Promise.all(some.map((one) => carried({ store: opened, other: opened }, one, end)))
    }
    const { entries, more } = await findReplayable({ state: 'dead', before: 2_000 }, opened)
    expect(more).toBe(true)
    expect(entries).toHaveLength(1_000)
    expect(entries.map(({ receivedAt }) => receivedAt)).not.toContain(0)
    await opened.close()
    await own.remove()
  })

  test('an order that is not as described is refused whole', async () => {
    const orders = [
      {},
      { state: 'delivered' },
      { state: 'dead', perMinute: 0 },
      { state: 'dead', perMinute: 1.5 },
      { state: 'dead', before: 'yesterday' },
      { state: 'dead', colour: 'red' },
    ]
    for (const order of orders) expect(await api.post(REPLAY, order)).toEqual(refusal(400, 'invalid'))
    expect(await statesOf(dead)).toEqual(['dead', 'dead', 'dead'])
  })

  test('lapsed ones are found by their reason too', async () => {
    const id = await moveIn(world, addCandidate(world, { canEmail: false }).applicationId)
    expect(await world.api.settled(id)).toMatchObject({ state: 'lapsed' })
    const { body } = await api.post(REPLAY, { state: 'lapsed', reason: 'contact-forbidden', dryRun: true })
    expect(body).toMatchObject({ ids: [id] })
  })
})
