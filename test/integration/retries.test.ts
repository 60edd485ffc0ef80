import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ShownDelivery } from '../support/admin-client.ts'
import { aClock } from '../support/clock.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { useWorld } from '../support/use-world.ts'

const HOUR_MS = 3_600_000
/** Longer than any test: such a fault ends when it is cleared. */
const LASTING_MS = 10 * 60_000

describe('what may heal', () => {
  const clock = aClock()
  const world = useWorld({ overrides: clock.overrides })

  beforeAll(() => {
    world.greenhouse.configure({ rateLimit: 10_000 })
  })
  afterEach(() => {
    for (const sandbox of [world.greenhouse, world.lever, world.vendor]) sandbox.clearFaults()
  })

  const atGreenhouse = () => moveIn(world, addCandidate(world).applicationId)
  const atLever = () => moveInAtLever(world, addOpportunity(world).opportunityId)
  const delivered = { state: 'delivered', reason: 'written' }
  const failures = ({ timeline }: ShownDelivery) => timeline.filter(({ outcome }) => outcome === 'failed')

  test.each<readonly [string, string, string, () => Promise<string>]>([
    ['greenhouse', 'list-applications', 'rate-limited', atGreenhouse],
    ['lever', 'get-opportunity', 'rate-limited', atLever],
    ['vendor', 'create', 'vendor-rate-limited', atGreenhouse],
  ])('a 429 of %s at %s waits as long as it says, and is no attempt', async (name, operation, reason, move) => {
    const sandbox = world[name as 'greenhouse' | 'lever' | 'vendor']
    sandbox.fault({ kind: 'rate-limit', operation, retryAfterS: 2, times: 1_000 })
    const id = await move()
    const waiting = await world.api.retrying(id)
    sandbox.clearFaults()
    expect(waiting).toMatchObject({ reason, attempts: 0 })
    const refusedAt = Date.parse(waiting.timeline.at(-1)?.at ?? '')
    expect(Date.parse(waiting.nextAttemptAt ?? '')).toBeGreaterThanOrEqual(refusedAt + 2_000)
    expect(await world.api.settled(id)).toMatchObject({ ...delivered, attempts: 1 })
    const refused = sandbox.calls.findLastIndex(({ fault }) => fault === 'rate-limit')
    const next = sandbox.calls.slice(refused + 1).find((call) => call.operation === operation)
    expect((next?.at ?? 0) - (sandbox.calls[refused]?.at ?? 0)).toBeGreaterThanOrEqual(2_000)
  })

  test('a vendor that is down is tried until it is up', async () => {
    world.vendor.fault({ kind: 'error-request', operation: 'create', status: 503, times: 2 })
    const shown = await world.api.settled(await atGreenhouse())
    expect(shown).toMatchObject({ ...delivered, attempts: 3 })
    expect(failures(shown).map(({ reason }) => reason)).toEqual(['vendor-unavailable', 'vendor-unavailable'])
  })

  test('one ATS that is down keeps no delivery of the other waiting', async () => {
    world.lever.fault({ kind: 'error-request', status: 503, forMs: LASTING_MS })
    const waiting = await Promise.all(Array.from({ length: 5 }, atLever))
    const others = await Promise.all(Array.from({ length: 5 }, atGreenhouse))
    for (const id of others) expect(await world.api.settled(id)).toMatchObject({ ...delivered, attempts: 1 })
    for (const id of waiting) expect(['queued', 'running', 'retrying']).toContain((await world.api.delivery(id)).state)
    world.lever.clearFaults()
    // On a busy machine they have failed often by now, and come back the later for it.
    for (const id of waiting) expect(await world.api.settled(id, 120_000)).toMatchObject(delivered)
  }, 180_000)

  test('a key that is refused for a while is tried until it is good again', async () => {
    world.lever.fault({ kind: 'unauthorized', operation: 'get-opportunity' })
    const shown = await world.api.settled(await atLever())
    expect(shown).toMatchObject({ ...delivered, attempts: 2 })
    expect(failures(shown)).toMatchObject([{ reason: 'ats-refusing-key' }])
  })

  test('a Greenhouse token that is refused before its time is replaced without a retry', async () => {
    await world.api.settled(await atGreenhouse())
    world.greenhouse.revokeTokens()
    expect(await world.api.settled(await atGreenhouse())).toMatchObject({ ...delivered, attempts: 1 })
  })

  test('a Greenhouse credential that gets no token is tried until it does', async () => {
    world.greenhouse.revokeTokens()
    world.greenhouse.fault({ kind: 'unauthorized', operation: 'token' })
    const shown = await world.api.settled(await atGreenhouse())
    expect(shown).toMatchObject({ ...delivered, attempts: 2 })
    expect(failures(shown)).toMatchObject([{ reason: 'ats-refusing-key' }])
  })

  test.each<readonly [string, string, string, string, () => Promise<string>]>([
    ['lever', 'get-opportunity', 'ats-refusing-key', 'ats-unauthorized', atLever],
    ['greenhouse', 'list-applications', 'ats-refusing-key', 'ats-unauthorized', atGreenhouse],
    ['vendor', 'create', 'vendor-refusing-key', 'vendor-unauthorized', atGreenhouse],
  ])('a key that %s refuses at %s for an hour needs a person', async (name, operation, meanwhile, reason, move) => {
    const sandbox = world[name as 'greenhouse' | 'lever' | 'vendor']
    sandbox.fault({ kind: 'unauthorized', operation, forMs: LASTING_MS })
    const id = await move()
    expect(await world.api.retrying(id)).toMatchObject({ reason: meanwhile })
    clock.forward(HOUR_MS)
    expect(await world.api.settled(id)).toMatchObject({ state: 'dead', reason })
  })

  test('what fails for 24 hours needs a person, and can then be tried again for as long', async () => {
    world.vendor.fault({ kind: 'error-request', operation: 'create', status: 500, forMs: LASTING_MS })
    const id = await atGreenhouse()
    await world.api.retrying(id)
    clock.forward(24 * HOUR_MS)
    const dead = await world.api.settled(id)
    const tries = failures(dead).length
    expect(dead).toMatchObject({ state: 'dead', reason: 'attempts-exhausted', attempts: tries })
    const sinceMs = failures(dead).map(({ at }) => Date.parse(at) - Date.parse(dead.receivedAt))
    expect(sinceMs.filter((ms) => ms >= 24 * HOUR_MS)).toHaveLength(1)
    await world.api.post(`/api/deliveries/${id}/replay`)
    expect(await world.api.retrying(id)).toMatchObject({ reason: 'vendor-unavailable' })
    world.vendor.clearFaults()
    const again = await world.api.settled(id)
    expect(again).toMatchObject({ ...delivered, attempts: failures(again).length - tries + 1 })
  })
})
