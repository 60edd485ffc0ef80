import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Redis } from 'ioredis'
import pg from 'pg'

/** Every key of a Redis, and every value of every type, as text. */
export async function dumpRedis(url: string): Promise<string> {
  const redis = new Redis(url)
  try {
    const keys = await redis.keys('*')
    return (await Promise.all(keys.map(async (key) => `${key} ${await textOf(redis, key)}`))).join('\n')
  } finally {
    redis.disconnect()
  }
}

async function textOf(redis: Redis, key: string): Promise<string> {
  const type = await redis.type(key)
  const read: Readonly<Record<string, () => Promise<unknown>>> = {
    string: () => redis.get(key),
    hash: () => redis.hgetall(key),
    list: () => redis.lrange(key, 0, -1),
    set: () => redis.smembers(key),
    zset: () => redis.zrange(key, 0, '-1', 'WITHSCORES'),
    stream: () => redis.xrange(key, '-', '+'),
  }
  // It has gone since the names were listed.
  if (type === 'none') return ''
  const value = read[type]
  if (value === undefined) throw new Error(`${key} is of the type ${type}, which cannot be read here`)
  return JSON.stringify(await value())
}

const ownSchemas = "schemaname NOT IN ('pg_catalog', 'information_schema')"

/** Every row of every table of a database, as text, each under its table's name. */
export async function dumpPostgres(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await dumpSql(async (text) => (await client.query<Record<string, unknown>>(text)).rows)
  } finally {
    await client.end()
  }
}

/** The same of an embedded store that is closed. @param dir its folder */
export async function dumpEmbedded(dir: string): Promise<string> {
  const db = await PGlite.create(join(dir, 'pglite'))
  try {
    return await dumpSql(async (text) => (await db.query<Record<string, unknown>>(text)).rows)
  } finally {
    await db.close()
  }
}

async function dumpSql(query: (text: string) => Promise<Record<string, unknown>[]>): Promise<string> {
  const tables = await query(`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE ${ownSchemas}`)
  const texts: string[] = []
  for (const { name } of tables)
    texts.push(`${String(name)} ${JSON.stringify(await query(`SELECT * FROM ${String(name)}`))}`)
  return texts.join('\n')
}
