import type { Job } from 'bullmq'
import { describe, expect, it } from 'vitest'
import { type Queued, toQueued } from '../../../src/queue/queued-delivery.ts'
import { makeAdmit } from '../../../src/queue/suspects.ts'
import { aDelivery } from '../../support/ats-tools.ts'

const BEGUN_AT = 1_000_000

describe('a delivery that was at work in crashes', () => {
  const delivery = aDelivery()
  /** How long it has to wait, milliseconds; 0: it ran. */
  const waitOf = async (runs: number, now: number, stalledCounter = runs) => {
    const unfinished = async () => await Promise.resolve(runs > 0 ? { runs, lastBeganAt: BEGUN_AT } : undefined)
    const admit = makeAdmit({ unfinished }, () => now)
    let hasRun = false
    const run = async () => {
      hasRun = await Promise.resolve(true)
    }
    const waited = await admit({ id: delivery.id, data: toQueued(delivery), stalledCounter } as Job<Queued>, run).then(
      () => 0,
      ({ delayMs }: { delayMs: number }) => delayMs,
    )
    expect(hasRun).toBe(waited === 0)
    return waited
  }

  it('is tried again at once after one or two', async () => {
    expect([await waitOf(1, BEGUN_AT), await waitOf(2, BEGUN_AT)]).toEqual([0, 0])
  })

  it('is tried a minute after its third run began, two minutes after its fourth', async () => {
    expect([await waitOf(3, BEGUN_AT + 10_000), await waitOf(3, BEGUN_AT + 60_000)]).toEqual([50_000, 0])
    expect([await waitOf(4, BEGUN_AT + 10_000), await waitOf(4, BEGUN_AT + 120_000)]).toEqual([110_000, 0])
  })

  it('waits for nothing when its last run has ended, or when there is nothing left to try', async () => {
    expect([await waitOf(0, BEGUN_AT, 3), await waitOf(5, BEGUN_AT)]).toEqual([0, 0])
  })

  it('is judged by its own runs, not by how often it was in a queue that crashed', async () => {
    expect(await waitOf(2, BEGUN_AT, 5)).toBe(0)
    expect(await waitOf(4, BEGUN_AT + 10_000, 9)).toBe(110_000)
  })

  it('is not judged by runs of which a slow store told nobody', async () => {
    expect([await waitOf(9, BEGUN_AT + 10_000, 3), await waitOf(9, BEGUN_AT + 10_000, 4)]).toEqual([50_000, 110_000])
  })
})
