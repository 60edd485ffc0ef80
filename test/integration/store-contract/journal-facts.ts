import { expect, it } from 'vitest'
import type { DeliveryState, TimelineEntry } from '../../../src/domain/delivery.ts'
import { aDelivery, anEnd, carried, type Stores, unique } from './samples.ts'

export function journalFacts(stores: () => Stores): void {
  it('of ten receipts at once of one delivery, two by two, one is new', async () => {
    const { store, other } = stores()
    const delivery = aDelivery()
    const twice = [delivery, delivery]
    const receipts = Array.from({ length: 5 }, (_, n) => (n % 2 ? store : other).journal.received(twice))
    const answers = (await Promise.all(receipts)).flat()
    expect(answers).toHaveLength(10)
    expect(answers.filter((isNew) => isNew)).toHaveLength(1)
    await expect(store.journal.find(delivery.id)).resolves.toMatchObject({ state: 'queued' })
  })

  it('a received delivery is found as it came, with the beginning of its timeline', async () => {
    const { journal } = stores().store
    const delivery = aDelivery({ stageName: 'AI Interview', jobId: '3485', jobName: 'Designer „Ürün“ 🚀' })
    await journal.received([delivery])
    const updatedAt = delivery.receivedAt
    await expect(journal.find(delivery.id)).resolves.toEqual({
      ...delivery,
      state: 'queued',
      round: 0,
      attempts: 0,
      updatedAt,
    })
    await expect(journal.timeline(delivery.id)).resolves.toEqual([
      { at: updatedAt, step: 'receive', outcome: 'queued' },
    ])
  })

  it('an unknown delivery is not found and has no timeline', async () => {
    const { journal } = stores().store
    await expect(journal.find('dlv_none')).resolves.toBeUndefined()
    await expect(journal.timeline('dlv_none')).resolves.toEqual([])
  })

  it('a run that ended for a retry is followed by the next attempt of the same round', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await journal.received([delivery])
    await expect(journal.started(delivery, 1_000)).resolves.toEqual({
      ...{ run: 1, round: 0, attempt: 1, unfinished: 1, roundStartedAt: 1_000 },
    })
    await expect(journal.find(delivery.id)).resolves.toMatchObject({ state: 'running', updatedAt: 1_000 })
    const end = anEnd({ state: 'retrying', reason: 'vendor-unavailable', at: 2_000, nextAttemptAt: 9_000 })
    await journal.ended(delivery.id, 1, end)
    await expect(journal.find(delivery.id)).resolves.toEqual({
      ...{ ...delivery, state: 'retrying', reason: 'vendor-unavailable' },
      ...{ round: 0, attempts: 1, nextAttemptAt: 9_000, roundStartedAt: 1_000, updatedAt: 2_000 },
    })
    const next = await journal.started(delivery, 9_000)
    expect(next).toEqual({ run: 2, round: 0, attempt: 2, unfinished: 1, roundStartedAt: 1_000 })
    const running = await journal.find(delivery.id)
    expect([running?.reason, running?.nextAttemptAt]).toEqual([undefined, undefined])
  })

  it('a run that only waited is no attempt', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await carried(stores(), delivery, anEnd({ state: 'retrying', reason: 'rate-limited', isAttempt: false }))
    await expect(journal.started(delivery, 2_000)).resolves.toMatchObject({ attempt: 1 })
  })

  it('a run ends also where it learned what a database refuses in a text', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await carried(stores(), delivery, anEnd({ learned: { jobName: 'Nurse\0 \ud800', stageName: 'AI\0' } }))
    const learned = { jobName: 'Nurse \ufffd', stageName: 'AI' }
    await expect(journal.find(delivery.id)).resolves.toMatchObject({ state: 'delivered', ...learned })
  })

  it('runs of which no end was noted are counted until one ends', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await journal.received([delivery])
    await journal.started(delivery, 1_000)
    await journal.started(delivery, 2_000)
    await expect(journal.unfinished(delivery.id)).resolves.toEqual({ runs: 2, lastBeganAt: 2_000 })
    await expect(journal.started(delivery, 3_000)).resolves.toMatchObject({ run: 3, attempt: 1, unfinished: 3 })
    await journal.ended(delivery.id, 3, anEnd({ state: 'retrying', reason: 'internal-error' }))
    await expect(journal.unfinished(delivery.id)).resolves.toBeUndefined()
    await expect(journal.started(delivery, 4_000)).resolves.toMatchObject({ run: 4, unfinished: 1 })
  })

  it('runs of which no end was noted are counted no more once one got further, if it is still the last', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await journal.received([delivery])
    for (const at of [1_000, 2_000, 3_000]) await journal.started(delivery, at)
    await journal.advanced(delivery.id, 2)
    await expect(journal.started(delivery, 4_000)).resolves.toMatchObject({ run: 4, unfinished: 4 })
    await journal.advanced(delivery.id, 4)
    await expect(journal.started(delivery, 5_000)).resolves.toMatchObject({ run: 5, unfinished: 2 })
    await journal.ended(delivery.id, 5, anEnd({ state: 'retrying', reason: 'internal-error' }))
    await journal.advanced(delivery.id, 5)
    await expect(journal.started(delivery, 6_000)).resolves.toMatchObject({ run: 6, unfinished: 1 })
  })

  it('an end that cannot be kept keeps out none of those that come with it', async () => {
    const { journal } = stores().store
    const connection = unique('k')
    const deliveries = [1, 2, 3].map(() => aDelivery({ connection }))
    await journal.received(deliveries)
    await Promise.all(deliveries.map((delivery) => journal.started(delivery, 1_000)))
    const noTime = { state: 'retrying', reason: 'vendor-unavailable', nextAttemptAt: Number.NaN } as const
    const ends = deliveries.map(({ id }, index) => journal.ended(id, 1, anEnd(index === 1 ? noTime : {})))
    const outcomes = (await Promise.allSettled(ends)).map(({ status }) => status)
    expect(outcomes).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const { items } = await journal.list({ connection, state: 'delivered', limit: 10 })
    expect(items.map(({ id }) => id).sort()).toEqual([deliveries[0]?.id, deliveries[2]?.id].sort())
  })

  it('refused credentials are remembered until a run ends without them', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await carried(stores(), delivery, anEnd({ state: 'retrying', reason: 'ats-refusing-key', refusedSince: 1_500 }))
    await expect(journal.find(delivery.id)).resolves.toMatchObject({ refusedSince: 1_500 })
    await expect(journal.started(delivery, 2_000)).resolves.toMatchObject({ refusedSince: 1_500 })
    await journal.ended(delivery.id, 2, anEnd({ state: 'retrying', reason: 'ats-unavailable' }))
    expect(await journal.find(delivery.id)).not.toHaveProperty('refusedSince')
    expect(await journal.started(delivery, 3_000)).not.toHaveProperty('refusedSince')
  })

  it('the beginning of a round moves up by a wait that does not count, and stands otherwise', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    const first = await journal.started(delivery, 1_000)
    await journal.ended(delivery.id, first?.run ?? 0, anEnd({ state: 'retrying', roundStartedAt: 5_000 }))
    const second = await journal.started(delivery, 6_000)
    expect(second).toMatchObject({ roundStartedAt: 5_000 })
    await journal.ended(delivery.id, second?.run ?? 0, anEnd({ state: 'retrying' }))
    expect(await journal.started(delivery, 9_000)).toMatchObject({ roundStartedAt: 5_000 })
  })

  it('what an overtaken run says is ignored', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await journal.received([delivery])
    await journal.started(delivery, 1_000)
    await journal.started(delivery, 2_000)
    await journal.ended(delivery.id, 1, anEnd({ state: 'dead', reason: 'vendor-refused' }))
    await expect(journal.find(delivery.id)).resolves.toMatchObject({ state: 'running' })
  })

  it('an end said twice counts once', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    const line: TimelineEntry = { at: 2_000, step: 'load', outcome: 'failed', reason: 'ats-unavailable' }
    const end = anEnd({ state: 'retrying', reason: 'ats-unavailable', timeline: [line] })
    await carried(stores(), delivery, end)
    await journal.ended(delivery.id, 1, end)
    await expect(journal.find(delivery.id)).resolves.toMatchObject({ attempts: 1 })
    await expect(journal.timeline(delivery.id)).resolves.toHaveLength(2)
  })

  it('a delivery that has ended is not begun again and not ended anew', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await carried(stores(), delivery, anEnd({ at: 5_000 }))
    await expect(journal.started(delivery, 6_000)).resolves.toBeUndefined()
    await journal.ended(delivery.id, 1, anEnd({ state: 'dead', reason: 'vendor-refused' }))
    await expect(journal.received([delivery])).resolves.toEqual([false])
    await expect(journal.find(delivery.id)).resolves.toMatchObject({ state: 'delivered', reason: 'written' })
  })

  it('of runs that begin and end together, some twice, each delivery is listed once, under what it has become', async () => {
    const { journal } = stores().store
    const connection = unique('k')
    const all = Array.from({ length: 120 }, () => aDelivery({ connection }))
    const isDead = (index: number) => index % 3 === 0
    const idsOf = (some: readonly { readonly id: string }[]) => some.map(({ id }) => id).sort()
    const listed = async (state: DeliveryState) =>
      idsOf((await journal.list({ connection, state, limit: all.length })).items)
    await journal.received(all)
    const begun = all.slice(0, 110)
    await Promise.all([...begun, ...begun.slice(0, 5)].map((delivery) => journal.started(delivery, 1_000)))
    await expect(listed('running')).resolves.toEqual(idsOf(begun))
    await expect(listed('queued')).resolves.toEqual(idsOf(all.slice(110)))
    const ends = begun.map(({ id }, index) => {
      const end = isDead(index) ? anEnd({ state: 'dead', reason: 'vendor-refused' }) : anEnd()
      return journal.ended(id, index < 5 ? 2 : 1, end)
    })
    await Promise.all(ends)
    await expect(listed('running')).resolves.toEqual([])
    await expect(listed('dead')).resolves.toEqual(idsOf(begun.filter((_, index) => isDead(index))))
    await expect(listed('delivered')).resolves.toEqual(idsOf(begun.filter((_, index) => !isDead(index))))
    const overdue = await journal.overdue(Number.MAX_SAFE_INTEGER, 10_000)
    expect(idsOf(overdue.map(({ delivery }) => delivery).filter((one) => one.connection === connection))).toEqual(
      idsOf(all.slice(110)),
    )
  })

  it('a delivery the journal never heard of is noted by its first run, and its receipt is still new', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await expect(journal.started(delivery, 1_000)).resolves.toMatchObject({ run: 1, attempt: 1, unfinished: 1 })
    await expect(journal.received([delivery])).resolves.toEqual([true])
    await expect(journal.received([delivery])).resolves.toEqual([false])
    await expect(journal.find(delivery.id)).resolves.toMatchObject({ ...delivery, state: 'running' })
  })

  it('what a run learned is kept, and the person is found by the candidate id it learned', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    const candidateId = unique('contact')
    const learned = { candidateId, jobName: 'Designer', person: 'f00d' }
    await carried(stores(), delivery, anEnd({ learned }))
    await expect(journal.find(delivery.id)).resolves.toMatchObject(learned)
    const ids = async (q: string) => (await journal.list({ q, limit: 10 })).items.map(({ id }) => id)
    await expect(ids(candidateId)).resolves.toEqual([delivery.id])
    await expect(ids(delivery.candidateId)).resolves.toEqual([])
  })

  it('a timeline keeps its first twenty lines and its newest, two hundred in all', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await journal.received([delivery])
    for (let run = 1; run <= 3; run++) {
      await journal.started(delivery, run)
      const timeline = Array.from(
        { length: 100 },
        (_, n) => ({ at: run * 1_000 + n, step: 'load', outcome: 'x' }) as const,
      )
      await journal.ended(delivery.id, run, anEnd({ state: 'retrying', reason: 'ats-unavailable', timeline }))
    }
    const lines = await journal.timeline(delivery.id)
    expect(lines).toHaveLength(200)
    expect([lines[0]?.step, lines[19]?.at, lines[20]?.at, lines[199]?.at]).toEqual(['receive', 1_018, 2_020, 3_099])
  })

  it('a dead delivery put back begins a round without a past', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await carried(stores(), delivery, anEnd({ state: 'dead', reason: 'vendor-refused', refusedSince: 1, at: 1_000 }))
    await expect(journal.requeued(delivery.id, 5_000)).resolves.toEqual({ delivery, round: 1 })
    await expect(journal.find(delivery.id)).resolves.toEqual({
      ...{ ...delivery, state: 'queued', round: 1, attempts: 0, updatedAt: 5_000 },
    })
    expect((await journal.timeline(delivery.id)).at(-1)).toEqual({ at: 5_000, step: 'replay', outcome: 'queued' })
    await expect(journal.started(delivery, 6_000)).resolves.toEqual({
      ...{ run: 2, round: 1, attempt: 1, unfinished: 1, roundStartedAt: 6_000 },
    })
  })

  it('a delivery put back for later waits until its turn comes', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    await carried(stores(), delivery, anEnd({ state: 'dead', reason: 'vendor-refused', at: 1_000 }))
    await journal.requeued(delivery.id, 5_000, 65_000)
    await expect(journal.find(delivery.id)).resolves.toMatchObject({ state: 'queued', nextAttemptAt: 65_000 })
    const dueBefore = async (at: number) => (await journal.overdue(at, 200)).map((one) => one.delivery.id)
    expect(await dueBefore(65_000)).not.toContain(delivery.id)
    expect(await dueBefore(65_001)).toContain(delivery.id)
    await journal.started(delivery, 66_000)
    expect(await journal.find(delivery.id)).not.toHaveProperty('nextAttemptAt')
  })

  it('of two replays at once one puts the delivery back', async () => {
    const { store, other } = stores()
    const delivery = aDelivery()
    await carried(stores(), delivery, anEnd({ state: 'lapsed', reason: 'no-email' }))
    const replays = [store, other].map(({ journal }) => journal.requeued(delivery.id, Date.now()))
    expect((await Promise.all(replays)).filter((replay) => replay !== undefined)).toHaveLength(1)
  })

  it('a delivered or waiting delivery is not put back', async () => {
    const { journal } = stores().store
    const [delivered, waiting] = [aDelivery(), aDelivery()]
    await carried(stores(), delivered, anEnd())
    await journal.received([waiting])
    await expect(journal.requeued(delivered.id, 1)).resolves.toBeUndefined()
    await expect(journal.requeued(waiting.id, 1)).resolves.toBeUndefined()
    await expect(journal.requeued('dlv_none', 1)).resolves.toBeUndefined()
  })
}
