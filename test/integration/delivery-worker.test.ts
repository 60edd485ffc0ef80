import { type Logger, pino } from 'pino'
import { expect, test } from 'vitest'
import { leaseName } from '../../src/domain/delivery.ts'
import { StoreUnavailableError } from '../../src/domain/errors.ts'
import { makeMetrics } from '../../src/ops/metrics/metrics.ts'
import { makeReport } from '../../src/ops/report.ts'
import { DeliveryQueue } from '../../src/queue/delivery-queue.ts'
import { DeliveryWorker, type WorkerTools } from '../../src/queue/delivery-worker.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { privateRedis } from '../support/private-stores.ts'
import { until } from '../support/until.ts'
import { aDelivery } from './store-contract/samples.ts'

const afterwards = cleanUpAfterEach()
const ERROR = 50
const silent = pino({ level: 'silent' })
const observed = { version: '0', role: 'all', store: 'redis', connections: [], targets: new Map() } as const

async function aWorkingQueue(toolsOf: (store: Store) => Partial<WorkerTools>, log: Logger = silent) {
  const place = await privateRedis()
  afterwards(() => place.remove())
  const store = await openStore(place.settings)
  afterwards(() => store.close())
  const queue = new DeliveryQueue(store.queueAccess, store.journal, log)
  afterwards(() => queue.close())
  const worker = new DeliveryWorker(store.queueAccess, {
    ...{ journal: store.journal, leases: store.leases, log, now: Date.now, random: Math.random },
    report: makeReport(log, makeMetrics(observed)),
    spread: (batch) => queue.spread(batch),
    deliver: async () => await Promise.resolve('written' as const),
    ...toolsOf(store),
  })
  afterwards(() => worker.close())
  worker.start()
  return { store, queue }
}

test('a delivery holds its application while it is at work, and no longer', async () => {
  const { promise: atWork, resolve: begin } = Promise.withResolvers<void>()
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  const { store, queue } = await aWorkingQueue(() => ({
    deliver: async (_delivery, _attempt, lease) => {
      expect(lease.isHeld()).toBe(true)
      begin()
      await finished
      return 'written'
    },
  }))
  const delivery = aDelivery()
  await queue.accept(delivery)
  await atWork
  await expect(store.leases.acquire(leaseName(delivery))).resolves.toBeUndefined()
  finish()
  const lease = await until(() => store.leases.acquire(leaseName(delivery)))
  await lease.release()
})

test('a delivery whose start the journal does not take gives its application back', async () => {
  let isTaken = false
  const { store, queue } = await aWorkingQueue(({ journal }) => ({
    journal: Object.create(journal, {
      started: {
        value: async (...given: Parameters<typeof journal.started>) => {
          if (isTaken) return await journal.started(...given)
          isTaken = true
          throw new StoreUnavailableError('away')
        },
      },
    }) as typeof journal,
  }))
  const delivery = aDelivery()
  await queue.accept(delivery)
  await until(async () => (await store.journal.find(delivery.id))?.state === 'delivered')
})

test('a store that takes a delivery’s starts and answers none of them in time is no crash', async () => {
  let unanswered = 6
  const { store, queue } = await aWorkingQueue(({ journal }) => ({
    journal: Object.create(journal, {
      started: {
        value: async (...given: Parameters<typeof journal.started>) => {
          const run = await journal.started(...given)
          unanswered -= 1
          if (unanswered >= 0) throw new StoreUnavailableError('answered too late')
          return run
        },
      },
    }) as typeof journal,
  }))
  const delivery = aDelivery()
  await queue.accept(delivery)
  const ended = await until(async () => {
    const entry = await store.journal.find(delivery.id)
    return (entry?.state === 'delivered' || entry?.state === 'dead') && entry
  })
  expect(ended).toMatchObject({ state: 'delivered', attempts: 1 })
})

test.each<readonly [string, (failOnce: () => void) => (store: Store) => Partial<WorkerTools>]>([
  [
    'the lease',
    (failOnce) =>
      ({ leases }) => ({
        leases: {
          acquire: async (name) => {
            failOnce()
            return await leases.acquire(name)
          },
        },
      }),
  ],
  [
    'a step’s call',
    (failOnce) => () => ({
      deliver: async (_delivery, attempt) =>
        await attempt.step('load', async () => {
          failOnce()
          return await Promise.resolve({ value: 'written', outcome: 'active' })
        }),
    }),
  ],
])('an attempt in which the store does not take %s counts for none and is no mistake of ours', async (_what, tools) => {
  let isAway = true
  const failOnce = () => {
    if (!isAway) return
    isAway = false
    throw new StoreUnavailableError('away')
  }
  const logged: { level: number; reason?: string }[] = []
  const log = pino({}, { write: (line) => void logged.push(JSON.parse(line) as { level: number }) })
  const { store, queue } = await aWorkingQueue(tools(failOnce), log)
  const delivery = aDelivery()
  await queue.accept(delivery)
  const delivered = await until(async () => {
    const entry = await store.journal.find(delivery.id)
    return entry?.state === 'delivered' && entry
  })
  expect(delivered.attempts).toBe(1)
  expect(logged.flatMap(({ reason }) => reason ?? [])).toEqual(['store-away', 'written'])
  const failed = (await store.journal.timeline(delivery.id)).filter(({ outcome }) => outcome === 'failed')
  expect(failed.filter(({ reason }) => reason !== 'store-away')).toEqual([])
  expect(logged.filter(({ level }) => level >= ERROR)).toEqual([])
})
