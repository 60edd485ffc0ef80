import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { windowLimit } from '../../../../src/budget/window-limit.ts'
import { StoreUnavailableError } from '../../../../src/domain/errors.ts'
import type { Backlog } from '../../../../src/journal/journal.ts'
import { storeGauges } from '../../../../src/ops/metrics/store-gauges.ts'
import type { ReadingTools } from '../../../../src/ops/metrics/store-reading.ts'
import { MemoryCache } from '../../../support/ats-tools.ts'

const now = Date.parse('2026-11-25T10:00:01Z')
const limit = windowLimit({ windowMs: 30_000, assumed: 10 })
const backlog: Backlog = {
  connection: 'acme',
  counts: { queued: 3, running: 1, retrying: 2, dead: 4 },
  oldestDueAt: now - 90_000,
}

/** A store in memory, and how often it was asked. */
function aStore(given: { backlogs?: () => Promise<readonly Backlog[]>; size?: ReadingTools['store']['size'] } = {}) {
  const cache = new MemoryCache()
  const asked = { times: 0, isAway: false, isHanging: false }
  const answer = async <T>(value: T): Promise<T> => {
    asked.times += 1
    if (asked.isHanging) return await new Promise<never>(() => undefined)
    if (asked.isAway) throw new StoreUnavailableError('away')
    return value
  }
  const store = {
    ping: async () => await answer(undefined),
    size: given.size ?? (async () => await answer({ usedBytes: 7, limitBytes: 28 })),
    journal: { backlogs: given.backlogs ?? (async () => await answer([backlog])) },
    cache: { ...cache, get: async (name: string) => await answer(cache.entries.get(name)) },
  }
  return { store: store as unknown as ReadingTools['store'], cache, asked }
}

async function gaugesOf(store: ReadingTools['store'], freshMs = 0) {
  const registry = new Registry()
  const connections = [
    { name: 'acme', limit },
    { name: 'idle', limit },
  ]
  storeGauges(registry, { store, connections, now: () => now, freshMs })
  return async () => (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

describe('what the store tells for metrics', () => {
  test('is what waits, what is full, and what came last, by connection', async () => {
    const { store, cache } = aStore()
    cache.entries.set('webhook-seen:acme', String(now - 5_000))
    cache.entries.set('sweep:acme', JSON.stringify({ startedAt: now - 9_000, gap: 2, succeededAt: now - 8_000 }))
    const budget = { limit: 10, used: 4, usedBySweep: 0, at: now + 10_000, deferred: 0, deferredBySweep: 0 }
    cache.entries.set('budget:acme', JSON.stringify(budget))
    const scrape = await gaugesOf(store)
    expect(await scrape()).toEqual([
      'bridge_store_up 1',
      'bridge_store_used_bytes 7',
      'bridge_store_limit_bytes 28',
      'bridge_deliveries{connection="acme",state="queued"} 3',
      'bridge_deliveries{connection="acme",state="running"} 1',
      'bridge_deliveries{connection="acme",state="retrying"} 2',
      'bridge_deliveries{connection="acme",state="dead"} 4',
      'bridge_deliveries{connection="idle",state="queued"} 0',
      'bridge_deliveries{connection="idle",state="running"} 0',
      'bridge_deliveries{connection="idle",state="retrying"} 0',
      'bridge_deliveries{connection="idle",state="dead"} 0',
      'bridge_oldest_waiting_age_seconds{connection="acme"} 90',
      'bridge_oldest_waiting_age_seconds{connection="idle"} 0',
      `bridge_last_webhook_timestamp_seconds{connection="acme"} ${(now - 5_000) / 1000}`,
      'bridge_rate_budget_used_ratio{connection="acme"} 0.4',
      'bridge_sweep_gap{connection="acme"} 2',
      `bridge_sweep_last_success_timestamp_seconds{connection="acme"} ${(now - 8_000) / 1000}`,
    ])
  })

  test('is nothing but that it is away, when it is, and all of it again when it is back', async () => {
    const { store, asked } = aStore()
    const scrape = await gaugesOf(store)
    const before = await scrape()
    asked.isAway = true
    expect(await scrape()).toEqual(['bridge_store_up 0'])
    asked.isAway = false
    expect(await scrape()).toEqual(before)
  })

  test('holds no scrape up when it hangs', async () => {
    const { store, asked } = aStore()
    asked.isHanging = true
    expect(await (await gaugesOf(store))()).toEqual(['bridge_store_up 0'])
  })

  test('is told without what it does not say', async () => {
    const size = async () => ({ usedBytes: Number.NaN })
    const lines = await (await gaugesOf(aStore({ size }).store))()
    expect(lines.filter((line) => line.includes('bytes'))).toEqual([])
  })

  test('is asked for once by all who scrape at the same time, and again when it is no longer new', async () => {
    const { store, asked } = aStore()
    const fresh = await gaugesOf(store, 60_000)
    await Promise.all([fresh(), fresh()])
    await fresh()
    const once = asked.times
    expect(once).toBe(9)
    const stale = await gaugesOf(store, 0)
    await stale()
    await stale()
    expect(asked.times).toBeGreaterThanOrEqual(3 * once)
  })
})
