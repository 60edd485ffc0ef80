import { expect, it } from 'vitest'
import { KEPT_WEBHOOKS, type LoggedWebhook, type WebhookQuery } from '../../../src/journal/webhook-log.ts'
import { type Stores, unique } from './samples.ts'

const NOON = 1_800_000_000_000

const ignored = (given: Partial<LoggedWebhook & { outcome: 'ignored' }> = {}): LoggedWebhook => ({
  id: unique('w'),
  at: NOON,
  outcome: 'ignored',
  connection: 'greenhouse',
  reason: 'no-route',
  ...given,
})
const refused = (at: number): LoggedWebhook => ({
  id: unique('w'),
  at,
  outcome: 'refused',
  connection: 'greenhouse',
  reason: 'wrong-signature',
})

export function webhookLogFacts(stores: () => Stores): void {
  const log = () => stores().store.webhooks
  const pages = async (query: WebhookQuery): Promise<string[][]> => {
    const { items, nextCursor } = await log().list(query)
    const ids = items.map(({ id }) => id)
    return nextCursor === undefined ? [ids] : [ids, ...(await pages({ ...query, cursor: nextCursor }))]
  }

  it('pages hold every webhook once, newest first, whatever became of it', async () => {
    const connection = unique('k')
    const made = Array.from({ length: 25 }, (_, n) => ({
      ...(n % 5 === 0 ? refused(NOON) : ignored()),
      connection,
      at: NOON + Math.floor(n / 10),
    }))
    await log().add(made)
    const listed = await pages({ connection, since: 0, limit: 10 })
    expect(listed.map((page) => page.length)).toEqual([10, 10, 5])
    const order = made.toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
    expect(listed.flat()).toEqual(order.map(({ id }) => id))
    expect((await pages({ connection, since: NOON + 2, limit: 10 })).flat()).toHaveLength(5)
    expect((await pages({ connection, outcome: 'refused', since: 0, limit: 10 })).flat()).toHaveLength(5)
    expect((await pages({ connection, reason: 'no-route', since: 0, limit: 10 })).flat()).toHaveLength(20)
  })

  it('a webhook is found by the whole id of its application or candidate, and as it was told', async () => {
    const about = { applicationId: unique('a'), candidateId: unique('c'), stage: 'Phone screen', job: 'Designer' }
    const webhook = ignored(about)
    await log().add([webhook, ignored({ applicationId: unique('a') })])
    for (const q of [about.applicationId, about.candidateId])
      await expect(log().list({ q, since: 0, limit: 5 })).resolves.toEqual({ items: [webhook], nextCursor: undefined })
    await expect(log().list({ q: 'Designer', since: 0, limit: 5 })).resolves.toMatchObject({ items: [] })
  })

  it('webhooks are found by the stage and the job they told of, and by having told of none', async () => {
    const connection = unique('k')
    const told = [{ stage: 'Offer', job: 'Designer' }, { stage: 'Offer' }, { job: 'Designer' }, {}]
    const made = told.map((about) => ignored({ ...about, connection }))
    await log().add(made)
    const found = async (about: { stage?: string; job?: string }) =>
      (await log().list({ connection, since: 0, limit: 9, ...about })).items
        .map(({ id }) => made.findIndex((one) => one.id === id))
        .sort()
    expect(await found({ stage: 'Offer' })).toEqual([0, 1])
    expect(await found({ stage: '', job: 'Designer' })).toEqual([2])
    expect(await found({ stage: 'Offer', job: '' })).toEqual([1])
    expect(await found({ stage: '', job: '' })).toEqual([3])
  })

  it('webhooks that say the same are one group', async () => {
    const connection = unique('k')
    const about = { connection, stage: 'Phone screen' }
    await log().add([
      ignored({ ...about, at: NOON + 1, applicationId: 'a' }),
      ignored({ ...about, at: NOON + 9, applicationId: 'b' }),
      ignored({ ...about, at: NOON + 5, stage: 'Offer' }),
    ])
    const groups = (await log().groups(NOON)).filter((group) => group.connection === connection)
    const alike = { outcome: 'ignored', connection, reason: 'no-route' }
    expect(groups).toEqual([
      { ...alike, stage: 'Phone screen', count: 2, first: NOON + 1, last: NOON + 9 },
      { ...alike, stage: 'Offer', count: 1, first: NOON + 5, last: NOON + 5 },
    ])
  })

  it('strangers fill their own part only, and the newest of it stay', async () => {
    const connection = unique('k')
    await log().add([ignored({ connection })])
    const flood = Array.from({ length: KEPT_WEBHOOKS.refused + 50 }, (_, n) => refused(NOON + 100 + n))
    await log().add(flood.slice(0, 150))
    await log().add(flood.slice(150))
    const kept = (await pages({ outcome: 'refused', since: 0, limit: 200 })).flat()
    expect(kept).toEqual(
      flood
        .slice(50)
        .map(({ id }) => id)
        .reverse(),
    )
    expect((await pages({ connection, since: 0, limit: 5 })).flat()).toHaveLength(1)
  })

  it('an erased person’s webhooks are gone, and nobody else’s', async () => {
    const connection = unique('k')
    const mine = { connection, applicationId: unique('a'), candidateId: unique('c') }
    const other = ignored({ connection, applicationId: unique('a'), candidateId: unique('c') })
    await log().add([ignored(mine), ignored(mine), other])
    await log().erase({ connection: unique('k'), candidateId: mine.candidateId })
    expect((await pages({ connection, since: 0, limit: 5 })).flat()).toHaveLength(3)
    await log().erase({ connection, candidateId: mine.candidateId })
    expect((await pages({ connection, since: 0, limit: 5 })).flat()).toEqual([other.id])
    await log().erase({ connection, applicationId: String('applicationId' in other && other.applicationId) })
    expect((await pages({ connection, since: 0, limit: 5 })).flat()).toEqual([])
  })

  it('a purge forgets what came before', async () => {
    const connection = unique('k')
    await log().add([ignored({ connection, at: 10 }), ignored({ connection, at: 20 })])
    await log().purge(20)
    await expect(log().list({ connection, since: 0, limit: 5 })).resolves.toMatchObject({ items: [{ at: 20 }] })
  })
}
