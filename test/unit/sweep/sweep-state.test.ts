import { expect, it } from 'vitest'
import { keepSweepState, readSweepState } from '../../../src/sweep/sweep-state.ts'
import { MemoryCache } from '../../support/ats-tools.ts'

it('what was kept of a connection’s sweeps is read again, and none of another’s', async () => {
  const cache = new MemoryCache()
  await keepSweepState(cache, 'acme', { startedAt: 1, gap: 0, succeededAt: 2 })
  expect(await readSweepState(cache, 'acme')).toEqual({ startedAt: 1, gap: 0, succeededAt: 2 })
  expect(await readSweepState(cache, 'other')).toBeUndefined()
})

it.each(['', 'null', '{', '{"startedAt":"soon"}'])('what another version kept (%s) counts as none', async (text) => {
  const cache = new MemoryCache()
  await cache.set('sweep:acme', text)
  expect(await readSweepState(cache, 'acme')).toBeUndefined()
})
