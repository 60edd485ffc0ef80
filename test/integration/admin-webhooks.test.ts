import { beforeAll, describe, expect, test } from 'vitest'
import { describedApi, refusal } from '../support/described-api.ts'
import { addCandidate } from '../support/people.ts'
import { until } from '../support/until.ts'
import { useWorld } from '../support/use-world.ts'

interface Item {
  readonly id: string
  readonly outcome: string
  readonly reason: string
  readonly connection: string
  readonly applicationId: string | null
  readonly stage: string | null
}

describe('the list of webhooks that made no delivery', () => {
  const world = useWorld()
  let api: ReturnType<typeof describedApi>
  let ignored: readonly string[]
  let candidateId: string

  beforeAll(async () => {
    api = describedApi(world)
    const people = Array.from({ length: 3 }, () => addCandidate(world))
    ignored = people.map(({ applicationId }) => String(applicationId))
    candidateId = String(people[0]?.candidateId)
    for (const { applicationId } of people)
      await world.greenhouse.sendWebhook(world.hook('greenhouse'), world.greenhouse.move(applicationId, 'Face to Face'))
    const json = { 'content-type': 'application/json' }
    const post = async (connection: string, headers: Readonly<Record<string, string>>) =>
      await fetch(world.hook(connection), { method: 'POST', headers, body: '{"application":{"id":1}}' })
    await post('greenhouse', json)
    await post('greenhose', json)
    await post('greenhouse', { 'content-type': 'text/plain' })
    await until(async () => (await list('')).length === 6)
  })

  const page = async (query: string) =>
    (await api.get(`/api/webhooks?${query}`)).body as unknown as { items: readonly Item[]; nextCursor: string | null }
  const list = async (query: string) => (await page(query)).items

  test('says why each made none, and about whom only where the signature was good', async () => {
    const items = await list('')
    expect(items.filter(({ outcome }) => outcome === 'ignored').map(({ applicationId }) => applicationId)).toEqual(
      ignored.toReversed(),
    )
    const refused = items.filter(({ outcome }) => outcome === 'refused')
    expect(refused.map(({ reason }) => reason).sort()).toEqual([
      'no-signature',
      'unknown-connection',
      'wrong-content-type',
    ])
    expect(refused.map(({ applicationId, stage }) => [applicationId, stage])).toEqual(refused.map(() => [null, null]))
  })

  test('is filtered by outcome, reason, connection and id', async () => {
    const reasons = async (query: string) => (await list(query)).map(({ reason }) => reason)
    expect(await reasons('outcome=ignored')).toEqual(['no-route', 'no-route', 'no-route'])
    expect(await reasons('reason=no-signature')).toEqual(['no-signature'])
    expect(await reasons('connection=greenhose')).toEqual(['unknown-connection'])
    expect(await reasons('connection=lever')).toEqual([])
    expect((await list(`q=${ignored[1]}`)).map(({ applicationId }) => applicationId)).toEqual([ignored[1]])
    expect((await list(`q=${candidateId}`)).map(({ applicationId }) => applicationId)).toEqual([ignored[0]])
    expect(await reasons('q=1&outcome=&reason=')).toEqual([])
  })

  test('comes in pages without gaps or repeats', async () => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { items, nextCursor }: Awaited<ReturnType<typeof page>> = await page(
        `limit=2&cursor=${encodeURIComponent(cursor)}`,
      )
      expect(items.length).toBeLessThanOrEqual(2)
      seen.push(...items.map(({ id }) => id))
      cursor = nextCursor
    }
    expect(seen).toHaveLength(6)
    expect(new Set(seen).size).toBe(6)
  })

  test('is shown in rows of what says the same, each with a link to exactly what it counts', async () => {
    const { applicationId } = addCandidate(world)
    for (const stage of ['Offer', 'Application Review', 'Offer'])
      await world.greenhouse.sendWebhook(world.hook('greenhouse'), world.greenhouse.move(applicationId, stage))
    await fetch(world.hook('no%20name'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    await until(async () => (await list('')).length === 10)
    const authorization = `Basic ${Buffer.from(`admin:${world.settings.adminPassword}`).toString('base64')}`
    const rows = async (path: string) => {
      const answer = await fetch(world.bridge.url + path, { headers: { authorization } })
      return (await answer.text()).split('<tbody>')[1]?.split('<tr>').slice(1) ?? []
    }
    const counted = await Promise.all(
      (await rows('/admin/webhooks')).map(async (row) => {
        const link = /href="(.*?)"/.exec(row)?.[1] ?? ''
        const count = Number(/<strong>(\d+)/.exec(row)?.[1])
        expect(await rows(link.replaceAll('&amp;', '&')), link).toHaveLength(count)
        return count
      }),
    )
    expect(counted.sort()).toEqual([1, 1, 1, 1, 1, 2, 3])
  })

  test.each(['outcome=lost', 'reason=because', 'limit=0', 'colour=red'])('the query %s is refused', async (query) => {
    expect(await api.get(`/api/webhooks?${query}`)).toEqual(refusal(400, 'invalid'))
  })
})
