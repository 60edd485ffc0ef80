import { Queue, Worker } from 'bullmq'
import { describe, expect, it } from 'vitest'
import { StoreUnavailableError } from '../../src/domain/errors.ts'
import { openRedisStore } from '../../src/store/redis.ts'
import type { Store } from '../../src/store/store.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { startRedis } from '../support/redis-server.ts'
import type { TestServer } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { aDelivery } from './store-contract/samples.ts'

describe('a store on Redis', () => {
  const afterwards = cleanUpAfterEach()
  /** Thawed whatever happens: nothing can be closed on a frozen server. */
  const freeze = (server: TestServer) => {
    afterwards(() => server.thaw())
    server.freeze()
  }

  const aRedis = async (): Promise<TestServer> => {
    const redis = await startRedis()
    afterwards(() => redis.stop())
    return redis
  }
  const aStore = async (redis: TestServer): Promise<Store> => {
    const store = await openRedisStore(redis.url)
    afterwards(() => store.close())
    return store
  }
  const aQueue = ({ queueAccess }: Store) => {
    const queue = new Queue('deliveries', queueAccess.producer, queueAccess.backend)
    queue.on('error', () => undefined)
    afterwards(() => queue.close())
    return queue
  }
  const heals = async (store: Store) => {
    const delivery = aDelivery()
    await until(async () => (await store.journal.received([delivery])).length === 1)
  }

  it('that was not there at the start rejects, and heals by itself, queue and all', async () => {
    const redis = await aRedis()
    await redis.kill()
    const store = await aStore(redis)
    const queue = aQueue(store)
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError)
    await expect(store.journal.received([aDelivery()])).rejects.toBeInstanceOf(StoreUnavailableError)
    await expect(store.leases.acquire('name')).rejects.toBeInstanceOf(StoreUnavailableError)
    await expect(queue.add('deliver', {}, { jobId: 'dlv_1' })).rejects.toThrow()
    await redis.restart()
    await heals(store)
    await until(async () => (await queue.add('deliver', {}, { jobId: 'dlv_1' })).id)
    await expect(queue.getWaitingCount()).resolves.toBe(1)
  })

  it('that was not there when a worker started gives it its jobs once it is', async () => {
    const redis = await aRedis()
    await redis.kill()
    const store = await aStore(redis)
    const { promise: taken, resolve } = Promise.withResolvers<unknown>()
    const { worker: access, backend } = store.queueAccess
    const worker = new Worker('deliveries', async ({ id }) => resolve(id), access(), backend)
    worker.on('error', () => undefined)
    afterwards(() => worker.close())
    await redis.restart()
    const queue = aQueue(store)
    await until(async () => (await queue.add('deliver', {}, { jobId: 'dlv_1' })).id)
    await expect(taken).resolves.toBe('dlv_1')
  })

  it('that is killed rejects, and has everything acknowledged when it is back', async () => {
    const redis = await aRedis()
    const store = await aStore(redis)
    const delivery = aDelivery()
    await store.journal.received([delivery])
    await redis.kill()
    const error = await store.journal.received([delivery]).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StoreUnavailableError)
    expect((error as Error).cause).toBeInstanceOf(Error)
    await redis.restart()
    await until(async () => (await store.journal.find(delivery.id)) !== undefined)
    await expect(store.journal.received([delivery])).resolves.toEqual([false])
  })

  it('that is frozen rejects instead of waiting, and heals', async () => {
    const redis = await aRedis()
    const store = await aStore(redis)
    const queue = aQueue(store)
    freeze(redis)
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError)
    await expect(queue.add('deliver', {}, { jobId: 'dlv_1' })).rejects.toThrow()
    redis.thaw()
    await heals(store)
    // The add that was told to have failed took place after all; the same id makes no second job.
    await queue.add('deliver', {}, { jobId: 'dlv_1' })
    await expect(queue.getWaitingCount()).resolves.toBe(1)
  })

  it('that was frozen while we connected heals', async () => {
    const redis = await aRedis()
    freeze(redis)
    const store = await aStore(redis)
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError)
    redis.thaw()
    await heals(store)
  })

  it('closes while Redis is away', async () => {
    const redis = await aRedis()
    const store = await openRedisStore(redis.url)
    await redis.kill()
    await expect(store.close()).resolves.toBeUndefined()
  })
})
