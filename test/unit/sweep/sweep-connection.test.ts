import { describe, expect, it } from 'vitest'
import type { AtsAdapter } from '../../../src/ats/adapter.ts'
import type { Route } from '../../../src/domain/connection.ts'
import type { Delivery } from '../../../src/domain/delivery.ts'
import { RetryableError, StoreUnavailableError } from '../../../src/domain/errors.ts'
import type { StageEntry } from '../../../src/domain/stage-change.ts'
import type { LastReceived } from '../../../src/journal/journal.ts'
import { type Missed, type SweepTools, sweepConnection } from '../../../src/sweep/sweep-connection.ts'

const ENTERED = Date.parse('2026-11-24T09:00:00Z')
const NOW = ENTERED + 3_600_000

const route: Route = {
  id: 'rt_1',
  connection: 'acme',
  stage: 'AI Interview',
  interviewer: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  sendResume: false,
}
const entry = (given: Partial<StageEntry> = {}): StageEntry => ({
  applicationId: '7',
  candidateId: '8',
  stageId: '9',
  stageName: 'AI Interview',
  mark: 'entered-1',
  enteredAt: ENTERED,
  ...given,
})

/** A sweep over what an ATS tells, what the journal holds, and what the ledger knows. */
async function sweep(given: {
  entries?: readonly StageEntry[] | (() => AsyncGenerator<StageEntry>)
  received?: readonly LastReceived[]
  routes?: readonly Route[]
  isWritten?: boolean
  isErased?: boolean
  isKnown?: boolean
  /** Of whom the store does not take the delivery. */
  refused?: string
  isDryRun?: boolean
  until?: number
  signal?: AbortSignal
}) {
  const { entries = [entry()], received = [], routes = [route] } = given
  const asked: string[][] = []
  const queued: Delivery[] = []
  const missed: Missed[] = []
  const adapter = {
    targets: [{ name: 'note' }],
    async *entered(_since: number, stages: readonly string[]) {
      asked.push([...stages])
      yield* typeof entries === 'function' ? entries() : entries
    },
  } as unknown as AtsAdapter
  const tools: SweepTools = {
    adapters: new Map([['acme', adapter]]),
    atsOf: new Map([['acme', 'lever']]),
    routes,
    journal: { lastReceived: async () => received },
    ledger: {
      hashKey: async () => Buffer.alloc(32),
      findWriteBack: async () => ({
        life: given.isErased ? 'erased' : 'living',
        memory: new Map(given.isWritten ? [['note', { doneAt: 1 }]] : []),
      }),
    },
    enqueue: async (delivery) => {
      if (delivery.applicationId === given.refused) throw new StoreUnavailableError('away')
      await Promise.resolve()
      queued.push(delivery)
      return given.isKnown !== true
    },
    now: () => NOW,
  }
  const order = { connection: 'acme', since: 0, until: given.until ?? NOW, isDryRun: given.isDryRun ?? false }
  const { signal = new AbortController().signal } = given
  const ended = await sweepConnection({ ...order, signal, onMissed: (one) => missed.push(one) }, tools).catch(
    (error: unknown) => error,
  )
  return { ended, asked, queued, missed }
}
const received = (receivedAt: number, routeId = route.id): LastReceived => ({ applicationId: '7', routeId, receivedAt })

describe('a sweep of one connection', () => {
  it('queues a delivery of ids only, the same whenever it is made', async () => {
    const { ended, queued, missed } = await sweep({})
    expect(ended).toBe(1)
    expect(queued).toEqual([
      {
        id: expect.stringMatching(/^dlv_[0-9a-f]+$/),
        connection: 'acme',
        ats: 'lever',
        routeId: 'rt_1',
        interviewer: route.interviewer,
        applicationId: '7',
        candidateId: '8',
        stageId: '9',
        stageName: 'AI Interview',
        receivedAt: NOW,
      },
    ])
    expect(missed).toEqual([{ entry: entry(), delivery: queued[0] }])
    expect((await sweep({})).queued[0]?.id).toBe(queued[0]?.id)
    expect((await sweep({ entries: [entry({ mark: 'entered-2' })] })).queued[0]?.id).not.toBe(queued[0]?.id)
  })

  it('asks for the stages of the connection’s own routes, each once', async () => {
    const routes = [route, { ...route, id: 'rt_2' }, { ...route, id: 'rt_3', connection: 'other', stage: 'Offer' }]
    expect((await sweep({ routes })).asked).toEqual([['AI Interview']])
    expect((await sweep({ routes: routes.slice(2) })).asked).toEqual([])
  })

  it.each([
    ['after the entry', 1],
    ['with the entry', 0],
    ['a little before it, by clocks that differ', -59_000],
  ])('finds nobody whose delivery was received %s', async (_when, afterMs) => {
    expect((await sweep({ received: [received(ENTERED + afterMs)] })).queued).toEqual([])
  })

  it('finds whom a delivery of an earlier entry does not cover', async () => {
    expect((await sweep({ received: [received(ENTERED - 61_000)] })).queued).toHaveLength(1)
  })

  it('finds who has a delivery on one route and none on another', async () => {
    const routes = [route, { ...route, id: 'rt_new', interviewer: 'bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee' }]
    const { queued } = await sweep({ routes, received: [received(NOW)] })
    expect(queued.map(({ routeId }) => routeId)).toEqual(['rt_new'])
  })

  it('finds nobody for a route of other jobs', async () => {
    const routes = [{ ...route, jobs: ['Designer', '5'] }]
    const entries = [entry({ jobId: '4', jobName: 'Engineer' }), entry({ applicationId: '70', jobId: '5' })]
    expect((await sweep({ routes, entries })).queued.map(({ applicationId }) => applicationId)).toEqual(['70'])
  })

  it('finds nobody whose link is written, nor who wished to be forgotten', async () => {
    expect((await sweep({ isWritten: true })).queued).toEqual([])
    expect((await sweep({ isErased: true })).queued).toEqual([])
  })

  it('leaves alone who entered after its end', async () => {
    expect(await sweep({ until: ENTERED - 1 })).toMatchObject({ ended: 0, queued: [] })
  })

  it('queues nothing on a dry run, and tells all the same', async () => {
    const { queued, missed } = await sweep({ isDryRun: true })
    expect({ queued, missed: missed.length }).toEqual({ queued: [], missed: 1 })
  })

  it('does not tell of a delivery that was there already', async () => {
    expect((await sweep({ isKnown: true })).missed).toEqual([])
  })

  it('queues everybody whom it found before the ATS’s list broke', async () => {
    async function* entries() {
      for (let n = 0; n < 60; n += 1) yield entry({ applicationId: String(n), mark: String(n) })
      throw new RetryableError('ats-unavailable')
    }
    const { ended, queued, missed } = await sweep({ entries })
    expect(ended).toBeInstanceOf(RetryableError)
    expect([queued.length, missed.length]).toEqual([60, 60])
  })

  it('queues nobody any more once it is to stop', async () => {
    const stopping = new AbortController()
    async function* entries() {
      yield entry()
      stopping.abort(new Error('stopping'))
      throw new RetryableError('ats-unavailable')
    }
    const { ended, queued } = await sweep({ entries, signal: stopping.signal })
    expect({ ended, queued }).toEqual({ ended: stopping.signal.reason, queued: [] })
  })

  it('tells of everybody it has queued when the store refuses one of them', async () => {
    const entries = ['1', '2', '3'].map((applicationId) => entry({ applicationId, mark: applicationId }))
    const { ended, queued, missed } = await sweep({ entries, refused: '2' })
    expect(ended).toBeInstanceOf(StoreUnavailableError)
    expect(queued.map(({ applicationId }) => applicationId)).toEqual(['1', '3'])
    expect(missed.map(({ delivery }) => delivery)).toEqual(queued)
  })
})
