import type { Redis } from 'ioredis'
import type { SqlClient } from './sql.ts'

/** How far another clock is ahead of ours, milliseconds: exact to half of what the answer took. */
export interface Skew {
  readonly skewMs: number
  readonly answerMs: number
}

/** Asks another clock. @param theirs gives epoch milliseconds */
export async function measureSkew(theirs: () => Promise<number>): Promise<Skew> {
  const askedAt = performance.now()
  const ourNow = Date.now()
  const theirNow = await theirs()
  const answerMs = performance.now() - askedAt
  return { skewMs: theirNow - (ourNow + answerMs / 2), answerMs }
}

/** Redis' clock, epoch milliseconds. */
export async function redisTime(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1000 + Number(micros) / 1000
}

/** The database's clock, epoch milliseconds. */
export async function sqlTime(sql: SqlClient): Promise<number> {
  const { rows } = await sql.query<{ now: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now')
  return Number(rows[0]?.now)
}
