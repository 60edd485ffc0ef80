import { Worker } from 'bullmq'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { DeliveryQueue } from '../../../src/queue/delivery-queue.ts'
import { fromQueued, QUEUE } from '../../../src/queue/queued-delivery.ts'
import { until } from '../../support/until.ts'
import { aDelivery, type Stores } from './samples.ts'

export function queueFacts(stores: () => Stores): void {
  const openQueue = () => {
    const { queueAccess, journal } = stores().store
    return new DeliveryQueue(queueAccess, journal, pino({ level: 'silent' }))
  }

  /** Takes everything, one after the other, and tells what: a delivery's id, or how many a batch held. */
  async function takeAll(queue: DeliveryQueue, count: number): Promise<readonly (string | number)[]> {
    const { worker: access, backend } = stores().store.queueAccess
    const taken: (string | number)[] = []
    const take = async ({ data }: { data: unknown }) => {
      const queued = fromQueued(data)
      if (!queued) throw new Error('unreadable')
      if ('batch' in queued) await queue.spread(queued.batch)
      taken.push('batch' in queued ? queued.batch.length : queued.delivery.id)
    }
    const worker = new Worker(QUEUE, take, access(), backend)
    await until(() => taken.length === count)
    await worker.close()
    return taken
  }

  it('what came live is taken up before what the sweep found', async () => {
    const queue = openQueue()
    const swept = [aDelivery(), aDelivery()]
    const live = [aDelivery(), aDelivery()]
    for (const delivery of swept) await queue.accept(delivery, 'swept')
    for (const delivery of live) await queue.accept(delivery)
    expect(await takeAll(queue, 4)).toEqual([...live, ...swept].map(({ id }) => id))
    await queue.close()
  })

  it('what comes together is one job, the next in turn, out of which each gets its own', async () => {
    const queue = openQueue()
    const before = aDelivery()
    await queue.accept(before)
    const swept = aDelivery()
    const live = [aDelivery(), aDelivery()]
    await Promise.all([queue.accept(swept, 'swept'), ...live.map((delivery) => queue.accept(delivery))])
    expect(await takeAll(queue, 5)).toEqual([3, before.id, ...live.map(({ id }) => id), swept.id])
    await queue.close()
  })

  it('a batch that is spread twice gives each delivery one job', async () => {
    const queue = openQueue()
    const batch = [aDelivery(), aDelivery()].map((delivery) => ({ delivery, purpose: 'live' as const }))
    await Promise.all([queue.spread(batch), queue.spread(batch)])
    const last = aDelivery()
    await queue.accept(last)
    expect(await takeAll(queue, 3)).toEqual([...batch.map(({ delivery }) => delivery.id), last.id])
    await queue.close()
  })
}
