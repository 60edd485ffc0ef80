import { type Job, Queue, Worker } from 'bullmq'
import { expect, it } from 'vitest'
import type { Store } from '../../../src/store/store.ts'
import { until } from '../../support/until.ts'
import { type Stores, unique } from './samples.ts'

export function sharingFacts(stores: () => Stores): void {
  it('of two who ask at once one gets the lease, and the next one after its release', async () => {
    const { store, other } = stores()
    const name = unique('lease')
    const asked = await Promise.all([store.leases.acquire(name), other.leases.acquire(name)])
    const [lease, none] = asked[0] ? asked : asked.toReversed()
    expect(none).toBeUndefined()
    expect(lease?.isHeld()).toBe(true)
    await lease?.release()
    expect(lease?.isHeld()).toBe(false)
    const next = await other.leases.acquire(name)
    expect(next?.isHeld()).toBe(true)
    await next?.release()
  })

  it('a lease released twice does not free its next holder’s', async () => {
    const { store, other } = stores()
    const name = unique('lease')
    const first = await store.leases.acquire(name)
    await first?.release()
    const second = await other.leases.acquire(name)
    await first?.release()
    await expect(store.leases.acquire(name)).resolves.toBeUndefined()
    await second?.release()
  })

  it('a lease takes further names, as long as nobody else holds them, and gives back all of them', async () => {
    const { store, other } = stores()
    const [name, another, third] = [unique('lease'), unique('lease'), unique('lease')]
    const [lease, theirs] = await Promise.all([store.leases.acquire(name), other.leases.acquire(third)])
    await expect(lease?.alsoTake(another)).resolves.toBe(true)
    await expect(lease?.alsoTake(third)).resolves.toBe(false)
    await expect(theirs?.alsoTake(another)).resolves.toBe(false)
    await lease?.release()
    await expect(theirs?.alsoTake(another)).resolves.toBe(true)
    await expect(theirs?.alsoTake(name)).resolves.toBe(true)
    await expect(store.leases.acquire(third)).resolves.toBeUndefined()
    await theirs?.release()
  })

  it('the store tells how much room is taken up', async () => {
    const { usedBytes, limitBytes } = await stores().store.size()
    expect(usedBytes).toBeGreaterThan(100_000)
    expect(limitBytes).toBeUndefined()
  })

  it('a value is shared until its time is over', async () => {
    const { store, other } = stores()
    const name = unique('token')
    await store.cache.set(name, 'sealed', 60_000)
    await expect(other.cache.get(name)).resolves.toBe('sealed')
    await store.cache.set(name, 'newer', 50)
    await until(async () => (await other.cache.get(name)) === undefined)
  })

  it('a value is swapped only from what it still is, once, whoever tries', async () => {
    const { store, other } = stores()
    const name = unique('state')
    const swapAll = async (from: string | undefined, to: string) =>
      (
        await Promise.all(
          [store, other, store, other].map((one, at) => one.cache.swap(name, from, `${to}${at}`, 60_000)),
        )
      ).filter((done) => done).length
    expect(await swapAll(undefined, 'first')).toBe(1)
    expect(await swapAll(undefined, 'again')).toBe(0)
    const standing = await store.cache.get(name)
    expect(standing).toMatch(/^first/)
    expect(await swapAll(standing, 'second')).toBe(1)
    expect(await other.cache.get(name)).toMatch(/^second/)
    await store.cache.set(name, 'short', 1)
    await until(async () => (await other.cache.get(name)) === undefined)
    expect(await swapAll(undefined, 'third')).toBe(1)
  })

  it('tells its clock, which here is the machine’s', async () => {
    const { skewMs, answerMs } = await stores().store.skew()
    // The clocks of JavaScript and PGlite leave out what is less than a millisecond.
    expect(Math.abs(skewMs)).toBeLessThanOrEqual(answerMs / 2 + 2)
  })

  it('the store answers', async () => {
    await expect(stores().store.ping()).resolves.toBeUndefined()
  })

  const queueOn = (store: Store, name: string) => {
    const { producer, backend } = store.queueAccess
    return new Queue(name, { ...producer, defaultJobOptions: { removeOnComplete: true, removeOnFail: true } }, backend)
  }
  const workerOn = (store: Store, name: string, work: (job: Job) => Promise<void>) => {
    const { worker, backend } = store.queueAccess
    return new Worker(name, work, { ...worker(), concurrency: 5 }, backend)
  }

  it('a job added ten times under one id is done once, and one added while the worker waits is done too', async () => {
    const { store } = stores()
    const name = unique('q')
    const queue = queueOn(store, name)
    const done: string[] = []
    await Promise.all(Array.from({ length: 10 }, () => queue.add('deliver', { v: 1 }, { jobId: 'dlv_one' })))
    await expect(queue.getWaitingCount()).resolves.toBe(1)
    const worker = workerOn(store, name, async (job) => {
      done.push(String(job.id))
    })
    await until(() => done.length === 1)
    await queue.add('deliver', { v: 1 }, { jobId: 'dlv_two' })
    await until(() => done.length === 2)
    expect(done).toEqual(['dlv_one', 'dlv_two'])
    await until(async () => (await queue.getJob('dlv_two')) === undefined)
    await worker.close()
    await queue.close()
  })

  it('a delayed job is done when its time has come', async () => {
    const { store } = stores()
    const name = unique('q')
    const queue = queueOn(store, name)
    const { promise, resolve } = Promise.withResolvers<number>()
    const worker = workerOn(store, name, async () => resolve(Date.now()))
    const addedAt = Date.now()
    await queue.add('deliver', { v: 1 }, { jobId: 'dlv_later', delay: 300 })
    expect(await promise).toBeGreaterThanOrEqual(addedAt + 300)
    await worker.close()
    await queue.close()
  })

  it('closing queue and worker leaves the store open', async () => {
    const { store } = stores()
    const name = unique('q')
    const queue = queueOn(store, name)
    const worker = workerOn(store, name, async () => undefined)
    await queue.add('deliver', { v: 1 }, { jobId: 'dlv_last' })
    await until(async () => (await queue.getJob('dlv_last')) === undefined)
    await worker.close()
    await queue.close()
    await expect(store.ping()).resolves.toBeUndefined()
  })
}
