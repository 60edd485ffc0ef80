import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EmbeddedPool } from '../../src/store/embedded-pool.ts'

describe('the clients of one embedded session', () => {
  let pool: EmbeddedPool
  beforeAll(async () => {
    pool = new EmbeddedPool(await PGlite.create())
  })
  afterAll(async () => await pool.end())

  const tableExists = "SELECT to_regclass('t') IS NOT NULL AS there"

  it('do not see into each other’s transactions', async () => {
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query('CREATE TABLE t (n integer)')
    const outside = pool.query(tableExists)
    await client.query('ROLLBACK')
    expect((await outside).rows).toEqual([{ there: false }])
    client.release()
  })

  it('leave no transaction open when they are given back', async () => {
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query('CREATE TABLE t (n integer)')
    client.release()
    expect((await pool.query(tableExists)).rows).toEqual([{ there: false }])
  })

  it('leave turns to the timers of the process, however many queries wait', async () => {
    let left = 1_000
    let atTick: number | undefined
    setTimeout(() => {
      atTick = left
    }, 1)
    await Promise.all(
      Array.from({ length: left }, async () => {
        await pool.query('SELECT 1')
        left -= 1
      }),
    )
    expect(atTick).toBeGreaterThan(0)
  })

  it('go on after a statement that failed', async () => {
    const client = await pool.connect()
    await client.query('BEGIN')
    await expect(client.query('nonsense')).rejects.toThrow()
    await client.query('ROLLBACK')
    await expect(pool.query('nonsense')).rejects.toThrow()
    expect((await pool.query('SELECT $1::int AS n', [1])).rows).toEqual([{ n: 1 }])
    client.release()
  })

  it('hear of a notification they listen to, also when the LISTEN stands behind a comment', async () => {
    const client = await pool.connect()
    const { promise, resolve } = Promise.withResolvers<unknown>()
    client.on('notification', resolve)
    await client.query('-- waits for work\nLISTEN bullmq_jobs')
    await pool.query("SELECT pg_notify('bullmq_jobs', 'deliveries')")
    await expect(promise).resolves.toEqual({ channel: 'bullmq_jobs', payload: 'deliveries' })
    client.release()
  })
})
