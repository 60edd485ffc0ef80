import { expect, test } from 'vitest'
import { addOpportunity, moveInAtLever } from '../support/people.ts'
import { until } from '../support/until.ts'
import { useWorld } from '../support/use-world.ts'

/** Lever's limit leaves room for the four calls of so many deliveries at once. */
const ROOM = 4

let now = Date.now()
const world = useWorld({ overrides: { now: () => now, random: () => 0 } })

test('no more deliveries begin at Lever than its limit has calls for, so that none gives up its place half-way', async () => {
  // The first one looks for its author, its posting and its note besides.
  await world.api.settled(await moveInAtLever(world, addOpportunity(world).opportunityId))
  now += 60_000
  const before = world.lever.calls.length
  const ids: string[] = []
  for (let left = 3 * ROOM; left > 0; left -= 1)
    ids.push(await moveInAtLever(world, addOpportunity(world).opportunityId))
  for (const id of ids) await until(async () => /delivered|retrying/.test((await world.api.delivery(id)).state))
  const reads = world.lever.calls.slice(before).filter(({ operation }) => operation === 'get-opportunity')
  expect(reads).toHaveLength(ROOM)
  const waiting = (await Promise.all(ids.map((id) => world.api.delivery(id)))).filter(
    ({ state }) => state !== 'delivered',
  )
  for (const { attempts } of waiting) expect(attempts).toBe(0)
})
