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
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE ${ownSchemas}`,
    )
    const texts: string[] = []
    for (const { name } of rows) {
      const table = await client.query(`SELECT * FROM ${name}`)
      texts.push(`${name} ${JSON.stringify(table.rows)}`)
    }
    return texts.join('\n')
  } finally {
    await client.end()
  }
}
