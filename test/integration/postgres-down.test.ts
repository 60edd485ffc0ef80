import { Queue } from 'bullmq'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { StoreUnavailableError } from '../../src/domain/errors.ts'
import { openPostgresStore } from '../../src/store/postgres.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { copyOf } from '../support/older-copy.ts'
import { startPostgres } from '../support/postgres-server.ts'
import type { TestServer } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { aDelivery } from './store-contract/samples.ts'

describe('a store on PostgreSQL', () => {
  const afterwards = cleanUpAfterEach()
  /** Thawed whatever happens: nothing can be closed on a frozen server. */
  const freeze = (server: TestServer) => {
    afterwards(() => server.thaw())
    server.freeze()
  }

  const aPostgres = async (): Promise<TestServer> => {
    const postgres = await startPostgres()
    afterwards(() => postgres.stop())
    return postgres
  }
  const opened = async ({ url }: TestServer) => {
    const store = await openPostgresStore(url)
    const queue = new Queue('deliveries', store.queueAccess.producer, store.queueAccess.backend)
    queue.on('error', () => undefined)
    afterwards(async () => {
      await queue.close()
      await store.close()
    })
    await queue.waitUntilReady()
    return { store, queue }
  }

  it('that is not there is not opened, and the message says where it was looked for, without the password', async () => {
    const opening = openPostgresStore('postgres://bridge:hunter2@127.0.0.1:1/bridge')
    const error = await opening.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StoreUnavailableError)
    expect((error as Error).message).toMatch(/^cannot open the PostgreSQL database bridge at 127\.0\.0\.1:1: /)
    expect((error as Error).message).not.toContain('hunter2')
  })

  it('is opened by five replicas at once', async () => {
    const { url } = await aPostgres()
    const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresStore(url)))
    await Promise.all(stores.map((store) => store.journal.received([aDelivery()])))
    await Promise.all(stores.map((store) => store.close()))
  })

  it('that is killed rejects, heals, and has everything acknowledged', async () => {
    const postgres = await aPostgres()
    const { store, queue } = await opened(postgres)
    const delivery = aDelivery()
    await store.journal.received([delivery])
    await postgres.kill()
    await expect(store.journal.find(delivery.id)).rejects.toBeInstanceOf(StoreUnavailableError)
    await postgres.restart()
    await until(async () => (await store.journal.find(delivery.id)) !== undefined)
    await until(async () => (await queue.add('deliver', {}, { jobId: 'dlv_1' })).id)
  })

  it('that has been put on an empty volume is not there, though the server answers, until it is opened anew', async () => {
    const postgres = await aPostgres()
    const empty = await copyOf(postgres)
    afterwards(() => empty.remove())
    const { store } = await opened(postgres)
    await store.ping()
    await empty.restore()
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError)
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError)
    const { store: anew } = await opened(postgres)
    await Promise.all([anew.ping(), store.ping()])
  })

  it('is asked anew which run it is once the connections to it were cut, however soon', async () => {
    const postgres = await aPostgres()
    const { store } = await opened(postgres)
    const client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    const before = await store.ledger.storeRun()
    await client.query(`CREATE TABLE bridge.restored (LIKE bridge.write_back); DROP TABLE bridge.write_back;
      ALTER TABLE bridge.restored RENAME TO write_back;
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`)
    await client.end()
    await until(async () => (await store.ping()) === undefined || true)
    expect(await store.ledger.storeRun()).not.toBe(before)
  })

  it('that was restored from a dump on a server that runs on is another run', async () => {
    const postgres = await aPostgres()
    const { store } = await opened(postgres)
    const before = await store.ledger.storeRun()
    const client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    // What a dump does with a database that was made ready for it.
    await client.query('DROP SCHEMA bridge CASCADE')
    await client.end()
    const { store: restored } = await opened(postgres)
    expect(await restored.ledger.storeRun()).not.toBe(before)
  })

  it('that is frozen rejects instead of waiting, and heals', async () => {
    const postgres = await aPostgres()
    const { store, queue } = await opened(postgres)
    await store.ping()
    freeze(postgres)
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError)
    await expect(queue.add('deliver', {}, { jobId: 'dlv_1' })).rejects.toThrow()
    postgres.thaw()
    await until(async () => (await store.ping()) === undefined || true)
    await until(async () => (await queue.add('deliver', {}, { jobId: 'dlv_2' })).id)
  })
})
