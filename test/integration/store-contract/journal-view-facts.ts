import { expect, it } from 'vitest'
import { type JournalQuery, LONGEST_RUN_MS } from '../../../src/journal/journal.ts'
import { aDelivery, anEnd, carried, type Stores, unique } from './samples.ts'

export function journalViewFacts(stores: () => Stores): void {
  const pages = async (query: JournalQuery): Promise<string[][]> => {
    const { items, nextCursor } = await stores().store.journal.list(query)
    const ids = items.map(({ id }) => id)
    return nextCursor === undefined ? [ids] : [ids, ...(await pages({ ...query, cursor: nextCursor }))]
  }

  it('pages hold every delivery once, newest first, also where many came in one millisecond', async () => {
    const connection = unique('k')
    const made = Array.from({ length: 45 }, (_, n) =>
      aDelivery({ connection, receivedAt: 40_000 + Math.floor(n / 20) }),
    )
    await stores().store.journal.received(made)
    const listed = await pages({ connection, state: 'queued', limit: 10 })
    expect(listed.map((page) => page.length)).toEqual([10, 10, 10, 10, 5])
    const order = made.toSorted((a, b) => b.receivedAt - a.receivedAt || (a.id < b.id ? 1 : -1))
    expect(listed.flat()).toEqual(order.map(({ id }) => id))
  })

  it('more deliveries of one millisecond than a look takes are still listed once each', async () => {
    const applicationId = unique('a')
    const made = Array.from({ length: 450 }, () => aDelivery({ applicationId, receivedAt: 50_000 }))
    await stores().store.journal.received(made)
    const listed = (await pages({ q: applicationId, limit: 200 })).flat()
    expect(listed).toHaveLength(450)
    expect(new Set(listed).size).toBe(450)
  })

  it('state, reason and connection narrow the list', async () => {
    const [mine, yours] = [unique('k'), unique('k')]
    const [delivered, dead, other] = [mine, mine, yours].map((connection) => aDelivery({ connection }))
    if (!delivered || !dead || !other) throw new Error('three deliveries')
    await carried(stores(), delivered, anEnd())
    await carried(stores(), dead, anEnd({ state: 'dead', reason: 'vendor-refused' }))
    await carried(stores(), other, anEnd({ state: 'dead', reason: 'vendor-refused' }))
    await expect(pages({ connection: mine, state: 'dead', limit: 5 })).resolves.toEqual([[dead.id]])
    await expect(pages({ connection: mine, reason: 'written', limit: 5 })).resolves.toEqual([[delivered.id]])
    await expect(pages({ connection: yours, limit: 5 })).resolves.toEqual([[other.id]])
    await expect(pages({ connection: yours, state: 'queued', limit: 5 })).resolves.toEqual([[]])
  })

  it('a delivery is found by its own, its application’s and its candidate’s id, and by no part of them', async () => {
    const delivery = aDelivery()
    await stores().store.journal.received([delivery])
    for (const q of [delivery.id, delivery.applicationId, delivery.candidateId]) {
      await expect(pages({ q, limit: 5 })).resolves.toEqual([[delivery.id]])
    }
    await expect(pages({ q: delivery.applicationId.slice(0, -1), limit: 5 })).resolves.toEqual([[]])
    await expect(pages({ q: delivery.id, state: 'dead', limit: 5 })).resolves.toEqual([[]])
  })

  it('a cursor that is none begins at the start', async () => {
    const delivery = aDelivery()
    await stores().store.journal.received([delivery])
    await expect(pages({ q: delivery.id, limit: 5, cursor: '%%%' })).resolves.toEqual([[delivery.id]])
  })

  it('counts follow every change of state', async () => {
    const { journal } = stores().store
    const before = await journal.counts()
    const [first, second] = [aDelivery(), aDelivery()]
    await journal.received([first])
    await carried(stores(), second, anEnd({ state: 'dead', reason: 'vendor-refused' }))
    await expect(journal.counts()).resolves.toEqual({ ...before, queued: before.queued + 1, dead: before.dead + 1 })
  })

  it('deliveries of a state are told by connection and reason, largest group first', async () => {
    const [mine, yours] = [unique('k'), unique('k')]
    const dead = { state: 'dead', reason: 'vendor-refused' } as const
    const early = aDelivery({ connection: mine })
    await stores().store.journal.started(early, 500)
    await carried(stores(), aDelivery({ connection: yours }), anEnd({ ...dead, at: 7_000 }))
    await carried(stores(), early, anEnd({ ...dead, at: 5_000 }))
    await carried(stores(), aDelivery({ connection: mine }), anEnd({ ...dead, at: 9_000 }))
    await carried(stores(), aDelivery({ connection: mine }), anEnd({ state: 'dead', reason: 'name-mismatch', at: 1 }))
    await carried(stores(), aDelivery({ connection: mine }), anEnd())
    const groups = (await stores().store.journal.groups('dead')).filter((one) => [mine, yours].includes(one.connection))
    expect(groups).toEqual([
      { connection: mine, reason: 'vendor-refused', count: 2, oldest: 5_000, newest: 9_000, roundStartedAt: 500 },
      { connection: yours, reason: 'vendor-refused', count: 1, oldest: 7_000, newest: 7_000, roundStartedAt: 7_000 },
      { connection: mine, reason: 'name-mismatch', count: 1, oldest: 1, newest: 1, roundStartedAt: 1 },
    ])
  })

  it('of a group is told since when the longest of it has waited for the ATS’s limit and met nothing else', async () => {
    const connection = unique('k')
    const limited = { state: 'retrying', reason: 'rate-limited', isAttempt: false } as const
    const [early, late, once] = [aDelivery({ connection }), aDelivery({ connection }), aDelivery({ connection })]
    const limitedSince = async () => {
      const groups = await stores().store.journal.groups('retrying')
      return groups.find((group) => group.connection === connection && group.reason === 'rate-limited')?.limitedSince
    }
    await carried(stores(), once, anEnd({ ...limited, at: 1_000 }))
    await carried(stores(), early, anEnd({ ...limited, at: 2_000 }))
    await carried(stores(), late, anEnd({ ...limited, at: 3_000 }))
    await carried(stores(), once, anEnd({ ...limited, reason: 'ats-unavailable', at: 4_000 }))
    for (const delivery of [early, late, once]) await carried(stores(), delivery, anEnd({ ...limited, at: 5_000 }))
    await expect(limitedSince()).resolves.toBe(2_000)
    await carried(stores(), early, anEnd())
    await expect(limitedSince()).resolves.toBe(3_000)
    await carried(stores(), late, anEnd())
    await expect(limitedSince()).resolves.toBe(5_000)
    await settle(once.id)
  })

  it('what is open is told for each connection, with the longest overdue', async () => {
    const { journal } = stores().store
    const [mine, yours, done] = [unique('k'), unique('k'), unique('k')]
    const soon = { state: 'retrying', reason: 'ats-unavailable', at: 1_000 } as const
    const waiting = [1_000, 1_001].map((receivedAt) => aDelivery({ connection: mine, receivedAt }))
    for (const delivery of waiting) await journal.received([delivery])
    const retried = [4_000, 500_000].map((nextAttemptAt) => ({
      delivery: aDelivery({ connection: yours }),
      nextAttemptAt,
    }))
    for (const { delivery, nextAttemptAt } of retried)
      await carried(stores(), delivery, anEnd({ ...soon, nextAttemptAt }))
    const running = aDelivery({ connection: yours })
    await journal.received([running])
    await journal.started(running, 3_000)
    await carried(stores(), aDelivery({ connection: yours }), anEnd({ state: 'dead', reason: 'name-mismatch' }))
    await carried(stores(), aDelivery({ connection: done }), anEnd())
    const openOf = async (now: number) =>
      new Map((await journal.backlogs(now)).map(({ connection, ...rest }) => [connection, rest]))

    const none = { queued: 0, running: 0, retrying: 0, dead: 0 }
    const found = await openOf(5_000)
    expect(found.get(mine)).toEqual({ counts: { ...none, queued: 2 }, oldestDueAt: 1_000 })
    // The one at work has been since before that one's turn, and does not wait.
    expect(found.get(yours)).toEqual({ counts: { ...none, running: 1, retrying: 2, dead: 1 }, oldestDueAt: 4_000 })
    expect(found.get(done)).toBeUndefined()
    expect((await openOf(1_000)).get(mine)).toEqual({ counts: { ...none, queued: 2 } })
    for (const { id } of [...waiting, running, ...retried.map(({ delivery }) => delivery)]) await settle(id)
  })

  it('more that is open than one look takes is still told in full', async () => {
    const connection = unique('k')
    const many = Array.from({ length: 1_010 }, (_, n) => aDelivery({ connection, receivedAt: 3_000 - n }))
    await stores().store.journal.received(many)
    const backlog = (await stores().store.journal.backlogs(60_000)).find((one) => one.connection === connection)
    expect(backlog).toMatchObject({ counts: { queued: 1_010 }, oldestDueAt: 1_991 })
    for (const { id } of many) await settle(id)
  })

  it('deliveries of a state are counted by the time they were received', async () => {
    const since = 7_000_000
    for (const receivedAt of [since - 1, since, since + 99, since + 100, since + 299, since + 300])
      await carried(stores(), aDelivery({ receivedAt }), anEnd({ state: 'dead', reason: 'name-mismatch' }))
    await carried(stores(), aDelivery({ receivedAt: since }), anEnd())
    await expect(stores().store.journal.perSpan('dead', since, 100, 3)).resolves.toEqual([2, 1, 1])
  })

  it('what waits past its turn is overdue, oldest first; what has ended or waits for later is not', async () => {
    const { journal } = stores().store
    const [queued, running, waiting, ended, replayed] = [10, 1, 2, 3, 4].map((receivedAt) => aDelivery({ receivedAt }))
    if (!queued || !running || !waiting || !ended || !replayed) throw new Error('five deliveries')
    await journal.received([queued])
    await journal.received([running])
    await journal.started(running, 30)
    await carried(stores(), waiting, anEnd({ state: 'retrying', reason: 'ats-unavailable', at: 5, nextAttemptAt: 500 }))
    await carried(stores(), ended, anEnd({ at: 5 }))
    await carried(stores(), replayed, anEnd({ state: 'dead', reason: 'vendor-refused', at: 5 }))
    await journal.requeued(replayed.id, 20)
    await expect(journal.overdue(100, 10)).resolves.toEqual([
      { delivery: queued, round: 0, dueAt: 10 },
      { delivery: replayed, round: 1, dueAt: 20 },
      { delivery: running, round: 0, dueAt: 30 },
    ])
    expect((await journal.overdue(501, 10)).map(({ dueAt }) => dueAt)).toEqual([10, 20, 30, 500])
    await expect(journal.overdue(100, 1)).resolves.toHaveLength(1)
    for (const { id } of [queued, running, waiting, replayed]) await settle(id)
  })

  it('the longest wait is that of the first whose turn has come, however many have been at work for longer', async () => {
    const { journal } = stores().store
    const atWork = Array.from({ length: 101 }, () => aDelivery({ receivedAt: 1 }))
    const [later, latest] = [aDelivery({ receivedAt: 30 }), aDelivery({ receivedAt: 40 })]
    await journal.received(atWork)
    for (const delivery of atWork) await journal.started(delivery, 20)
    await expect(journal.oldestDueAt(100)).resolves.toBeUndefined()
    await journal.received([latest])
    await journal.received([later])
    await expect(journal.oldestDueAt(100)).resolves.toBe(30)
    await expect(journal.oldestDueAt(30)).resolves.toBeUndefined()
    // Longer at work than anybody can be: its process has died, and nobody has taken it up.
    await expect(journal.oldestDueAt(20 + LONGEST_RUN_MS + 1)).resolves.toBe(20)
    for (const { id } of [...atWork, later, latest]) await settle(id)
  })

  const settle = async (id: string) => {
    const { journal } = stores().store
    const entry = await journal.find(id)
    const run = entry && (await journal.started(entry, Date.now()))
    if (run) await journal.ended(id, run.run, anEnd())
  }

  it('a purge forgets what ended before, in all its indexes, and nothing else', async () => {
    const { journal } = stores().store
    const counts = await journal.counts()
    const old = Array.from({ length: 12 }, () => aDelivery({ receivedAt: 1 }))
    const [kept, waiting] = [aDelivery(), aDelivery({ receivedAt: 1 })]
    for (const delivery of old) await carried(stores(), delivery, anEnd({ at: 100_000 }))
    await carried(stores(), kept, anEnd())
    await journal.received([waiting])
    await expect(journal.purge(200_000)).resolves.toBeGreaterThanOrEqual(12)
    const gone = old[0]
    if (!gone) throw new Error('one delivery')
    await expect(journal.find(gone.id)).resolves.toBeUndefined()
    await expect(journal.timeline(gone.id)).resolves.toEqual([])
    await expect(pages({ q: gone.applicationId, limit: 5 })).resolves.toEqual([[]])
    await expect(journal.find(kept.id)).resolves.toBeDefined()
    await expect(journal.find(waiting.id)).resolves.toBeDefined()
    expect((await journal.counts()).delivered).toBeLessThanOrEqual(counts.delivered + 1)
    await expect(journal.received([gone])).resolves.toEqual([true])
    await settle(gone.id)
    await settle(waiting.id)
  })
}
