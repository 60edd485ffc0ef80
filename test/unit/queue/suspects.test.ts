import type { Job } from 'bullmq'
import { describe, expect, it } from 'vitest'
import type { DeliveryState } from '../../../src/domain/delivery.ts'
import { type QueuedDelivery, toQueued } from '../../../src/queue/queued-delivery.ts'
import { makeAdmit } from '../../../src/queue/suspects.ts'
import { aDelivery } from '../../support/ats-tools.ts'

const BEGUN_AT = 1_000_000

describe('a delivery that was at work in crashes', () => {
  const delivery = aDelivery()
  const aJob = (stalledCounter: number) => ({ data: toQueued(delivery), stalledCounter }) as Job<QueuedDelivery>
  /** How long it has to wait, milliseconds; 0: it ran. */
  const waitOf = async (crashes: number, now: number, state: DeliveryState = 'running') => {
    const find = async () => await Promise.resolve({ ...delivery, state, attempts: 0, updatedAt: BEGUN_AT })
    const admit = makeAdmit({ find }, () => now)
    let hasRun = false
    const run = async () => {
      hasRun = await Promise.resolve(true)
    }
    const waited = await admit(aJob(crashes), run).then(
      () => 0,
      ({ delayMs }: { delayMs: number }) => delayMs,
    )
    expect(hasRun).toBe(waited === 0)
    return waited
  }

  it('is tried again at once after one or two', async () => {
    expect([await waitOf(1, BEGUN_AT), await waitOf(2, BEGUN_AT)]).toEqual([0, 0])
  })

  it('is tried half a minute after its third run began, a minute after its fourth', async () => {
    expect([await waitOf(3, BEGUN_AT + 10_000), await waitOf(3, BEGUN_AT + 30_000)]).toEqual([20_000, 0])
    expect([await waitOf(4, BEGUN_AT + 10_000), await waitOf(4, BEGUN_AT + 60_000)]).toEqual([50_000, 0])
  })

  it('waits for nothing when its last run has ended, or when there is nothing left to try', async () => {
    expect([await waitOf(3, BEGUN_AT, 'retrying'), await waitOf(5, BEGUN_AT)]).toEqual([0, 0])
  })
})
