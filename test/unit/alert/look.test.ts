import { expect, test } from 'vitest'
import { decide, nothingKnown } from '../../../src/alert/decide.ts'
import { type LookTools, makeLook } from '../../../src/alert/look.ts'
import type { DeliveryGroup } from '../../../src/journal/journal.ts'
import { keepSweepState } from '../../../src/sweep/sweep-state.ts'
import { MemoryCache } from '../../support/ats-tools.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** A Monday. */
const START = Date.parse('2026-11-23T08:00:00Z')

/** A store of one connection, busy until START, and processes that look at it once a minute. */
function watchedStore() {
  const cache = new MemoryCache()
  cache.entries.set('webhook-seen:acme', String(START))
  const busy = { connection: 'acme', outcome: 'ignored', count: 50 }
  let [time, remembered, state] = [START, [busy], nothingKnown]
  const tools = {
    connections: ['acme'],
    cache,
    now: () => time,
    journal: { overdue: async () => [], list: async () => ({ items: [] }) },
    webhooks: { groups: async () => remembered },
  } as unknown as LookTools
  let look = makeLook(tools)
  let retrying: readonly DeliveryGroup[] = []
  const said: string[] = []
  return {
    cache,
    said,
    restart: () => {
      look = makeLook(tools)
    },
    /** Deliveries of two connections that began now wait for the limit of the vendor or the ATS, or none does. */
    limit: (by: 'vendor-rate-limited' | 'rate-limited' | undefined) => {
      const group = { count: 1, oldest: time, newest: time, roundStartedAt: time, limitedSince: time }
      retrying = by ? ['acme', 'other'].map((connection) => ({ ...group, reason: by, connection })) : []
    },
    forgetWebhooks: () => {
      remembered = []
    },
    async pass(ms: number) {
      for (const end = time + ms; time < end; ) {
        time += MINUTE
        const { known } = state
        const troubles = await look({ dead: [], retrying }, (key) => Object.hasOwn(known, key))
        const decided = decide(state, troubles, time)
        ;({ state } = decided)
        said.push(...decided.alerts.map(({ key, trouble }) => (trouble ? key : `over: ${key}`)))
      }
    },
  }
}

test('a silence that is known goes on through a restart, also when its busy week is forgotten', async () => {
  const { said, restart, forgetWebhooks, pass } = watchedStore()
  await pass(25 * HOUR)
  expect(said).toEqual(['silent acme'])
  restart()
  forgetWebhooks()
  await pass(2 * HOUR)
  expect(said).toEqual(['silent acme'])
})

test('a silence that nobody knows of yet is none while a process has just begun to listen', async () => {
  const { said, restart, pass } = watchedStore()
  await pass(23.5 * HOUR)
  restart()
  await pass(59 * MINUTE)
  expect(said).toEqual([])
  await pass(3 * MINUTE)
  expect(said).toEqual(['silent acme'])
})

test.each([
  ['that once was made', { succeededAt: START }],
  ['that never was', {}],
])('a sweep %s and is known to be late stays so through a restart, until one succeeds', async (_which, made) => {
  const { cache, said, restart, pass } = watchedStore()
  await keepSweepState(cache, 'acme', { startedAt: START, ...made })
  await pass(40 * MINUTE)
  expect(said).toEqual(['sweep-late acme'])
  restart()
  await pass(29 * MINUTE)
  expect(said).toEqual(['sweep-late acme'])
  const later = START + 69 * MINUTE
  await keepSweepState(cache, 'acme', { startedAt: later, succeededAt: later })
  await pass(10 * MINUTE)
  expect(said).toEqual(['sweep-late acme', 'over: sweep-late acme'])
})

test('a sweep is late only once a process has had the time to make two', async () => {
  const { cache, said, restart, pass } = watchedStore()
  await keepSweepState(cache, 'acme', { startedAt: START, succeededAt: START })
  await pass(29 * MINUTE)
  restart()
  await pass(30 * MINUTE)
  expect(said).toEqual([])
})

test('that the vendor limits is told once, when somebody has waited for more than an hour, and that it is over', async () => {
  const { said, limit, pass } = watchedStore()
  limit('vendor-rate-limited')
  await pass(HOUR)
  expect(said).toEqual([])
  await pass(2 * MINUTE)
  expect(said).toEqual(['vendor-limiting '])
  await pass(HOUR)
  limit(undefined)
  await pass(10 * MINUTE)
  expect(said).toEqual(['vendor-limiting ', 'over: vendor-limiting '])
})

test('that an ATS limits is told once for each connection, when somebody has waited for more than 12 hours, and that it is over', async () => {
  const { said, limit, pass } = watchedStore()
  limit('rate-limited')
  await pass(12 * HOUR)
  expect(said).toEqual([])
  await pass(2 * MINUTE)
  expect(said).toEqual(['ats-limiting acme', 'ats-limiting other'])
  await pass(HOUR)
  limit(undefined)
  await pass(10 * MINUTE)
  expect(said.slice(2)).toEqual(['over: ats-limiting acme', 'over: ats-limiting other'])
})
