import { describe, expect, test } from 'vitest'
import { sharedStores } from '../faults/fault-store.ts'
import { makeContext } from '../faults/scenario.ts'
import { killEmbedded, killReplicas } from '../faults/scenarios/kill-nine.ts'
import type { Tally } from '../faults/tally.ts'

const WEBHOOKS = 150
const KILLS = 12
/** Each costs the seconds that PGlite takes to open. */
const EMBEDDED_KILLS = 4
const SEED = Math.trunc(Date.now() % 1_000_000)
/** Longer than its checker waits, so that this says what is wrong. */
const WITHIN_MS = 600_000

const expectKept = (tally: Tally, kills: number) => {
  expect(tally.problems).toEqual([])
  expect(tally).toMatchObject({ events: WEBHOOKS, delivered: WEBHOOKS, dead: {}, lapsed: {}, lost: 0, doubled: 0 })
  expect(tally.faults).toBeGreaterThanOrEqual(kills)
}

describe.concurrent(`processes killed with -9 while webhooks are sent (seed ${SEED})`, () => {
  const context = () => makeContext({ seed: SEED, size: 1 })

  test.each(sharedStores)(
    'three replicas on %s lose nothing, double nothing and leave nothing silent',
    async (store) => {
      expectKept(await killReplicas(context(), store, { webhooks: WEBHOOKS, kills: KILLS }), KILLS)
    },
    WITHIN_MS,
  )

  test(
    'the embedded store opens each time and has everything acknowledged',
    async () => {
      expectKept(await killEmbedded(context(), { webhooks: WEBHOOKS, kills: EMBEDDED_KILLS }), EMBEDDED_KILLS)
    },
    WITHIN_MS,
  )
})
