import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SANDBOX_FIELD } from '../../src/sandbox/settings.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { type PrivateStore, privateRedis } from '../support/private-stores.ts'
import { until } from '../support/until.ts'
import { startWorld, type World } from '../support/world.ts'

describe('the first note of a connection', () => {
  let store: PrivateStore
  let world: World

  beforeEach(async () => {
    store = await privateRedis()
    world = await startWorld(store.settings)
  })
  afterEach(async () => {
    await world?.close()
    await store?.remove()
  })

  const atGreenhouse = () => {
    const { applicationId } = addCandidate(world)
    return { notes: () => world.greenhouse.notesOf(applicationId), moveIn: () => moveIn(world, applicationId) }
  }
  const atLever = () => {
    const { opportunityId } = addOpportunity(world)
    return { notes: () => world.lever.noteTextsOf(opportunityId), moveIn: () => moveInAtLever(world, opportunityId) }
  }
  const looks = () => world.greenhouse.calls.filter(({ operation }) => operation === 'list-notes').length

  test.each([
    ['Greenhouse', 'greenhouse', atGreenhouse],
    ['Lever', 'lever', atLever],
  ] as const)('that %s takes with success and does not make is no delivered link', async (_name, sandbox, somebody) => {
    world[sandbox].fault({ kind: 'garbage-request', garbage: 'nothing', operation: 'create-note' })
    const person = somebody()
    const id = await person.moveIn()
    expect(await world.api.settled(id)).toMatchObject({ state: 'dead', reason: 'write-not-visible' })

    await world.api.post(`/api/deliveries/${id}/replay`)
    expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(person.notes()).toHaveLength(1)
  })

  test('is looked for, and no further one, after a restart either', async () => {
    await world.api.settled(await atGreenhouse().moveIn())
    expect(looks()).toBe(1)
    await world.api.settled(await atGreenhouse().moveIn())
    await world.bridge.stop()
    const next = await world.startReplica()
    const { applicationId } = addCandidate(world)
    await moveIn(world, applicationId, `${next.url}/webhooks/greenhouse`)
    await until(() => world.greenhouse.fieldOf(applicationId, SANDBOX_FIELD))
    expect(looks()).toBe(1)
  })

  test('is looked for once when many are written at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => atGreenhouse().moveIn()))
    const settled = await Promise.all(ids.map((id) => world.api.settled(id)))
    expect(settled.map(({ state }) => state)).toEqual(Array(10).fill('delivered'))
    expect(looks()).toBe(1)
  })

  test('that cannot be looked for is taken for written', async () => {
    world.greenhouse.fault({ kind: 'error-request', operation: 'list-notes', status: 403 })
    const person = atGreenhouse()
    expect(await world.api.settled(await person.moveIn())).toMatchObject({ state: 'delivered' })
    expect(person.notes()).toHaveLength(1)
  })
})
