import { beforeAll, describe, expect, test } from 'vitest'
import { requireServers } from '../support/binaries.ts'
import { allScenarios } from './all-scenarios.ts'
import { sharedStores } from './fault-store.ts'
import { makeContext, type Scenario } from './scenario.ts'

/** A tenth of the full sizes, each scenario on one of the stores; `npm run test:faults` plays all of it. */
const SIZE = 0.1
/** The other tests of the project run beside these. */
const SLACK = 3
const SEED = Math.trunc(Date.now() % 1_000_000)
/** Played by kill-nine.test.ts. */
const elsewhere = ['F1', 'F29']
/** How fast they are answered counts, so nothing of ours runs beside them. */
const alone = ['F2', 'F3', 'F4', 'F8']
/** Waits for minutes, so it goes first among those that run at once. */
const slow = ['F25']

async function keepsPromises({ id, run }: Scenario): Promise<void> {
  const stores = sharedStores.filter((_, index) => index === (SEED + Number(id.slice(1))) % sharedStores.length)
  const { problems } = await run(makeContext({ seed: SEED, size: SIZE, slack: SLACK, stores }))
  expect(problems).toEqual([])
}

describe(`under faults nothing is lost, doubled or silent (seed ${SEED})`, () => {
  beforeAll(() => requireServers())

  test.each(allScenarios.filter(({ id }) => alone.includes(id)))('$id $title', keepsPromises)

  describe.concurrent('several at once', () => {
    const others = allScenarios.filter(({ id }) => ![...alone, ...slow, ...elsewhere].includes(id))
    test.each([...allScenarios.filter(({ id }) => slow.includes(id)), ...others])('$id $title', keepsPromises)
  })
})
