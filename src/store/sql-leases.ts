import { randomUUID } from 'node:crypto'
import { guarded } from './guarded.ts'
import { LEASE_TTL_MS, takeLease } from './renewing-lease.ts'
import { firstRow, type SqlClient } from './sql.ts'
import type { Leases, SharedCache } from './store.ts'

// Every time here is the database's own: replicas whose clocks differ still agree on what has expired.
const inMs = (param: string) => `clock_timestamp() + ${param} * interval '1 millisecond'`

/** Deletes the rows whose time is over: of leases, those of processes that died. */
export async function purgeExpired(sql: SqlClient): Promise<void> {
  for (const table of ['lease', 'cache']) {
    await sql.query(`DELETE FROM bridge.${table} WHERE expires_at <= clock_timestamp()`)
  }
}

/** Leases as rows. */
export function sqlLeases(sql: SqlClient): Leases {
  return {
    async acquire(name) {
      const token = randomUUID()
      return await takeLease(name, {
        async take(one) {
          const row = await firstRow(
            sql,
            `INSERT INTO bridge.lease AS l (name, token, expires_at) VALUES ($1, $2, ${inMs('$3::int')})
             ON CONFLICT (name) DO UPDATE SET token = excluded.token, expires_at = excluded.expires_at
             WHERE l.expires_at <= clock_timestamp() RETURNING name`,
            [one, token, LEASE_TTL_MS],
          )
          return row !== undefined
        },
        async renew(names) {
          const { rows } = await sql.query(
            `UPDATE bridge.lease SET expires_at = ${inMs('$3::int')}
             WHERE name = ANY ($1) AND token = $2 AND expires_at > clock_timestamp() RETURNING name`,
            [names, token, LEASE_TTL_MS],
          )
          return rows.length === names.length
        },
        async release(names) {
          await sql.query('DELETE FROM bridge.lease WHERE name = ANY ($1) AND token = $2', [names, token])
        },
      })
    },
  }
}

/** Small values as rows. */
export function sqlCache(sql: SqlClient): SharedCache {
  return guarded<SharedCache>({
    async get(name) {
      const row = await firstRow(
        sql,
        'SELECT value FROM bridge.cache WHERE name = $1 AND expires_at > clock_timestamp()',
        [name],
      )
      return row?.['value'] as string | undefined
    },
    async set(name, value, ttlMs) {
      await sql.query(
        `INSERT INTO bridge.cache (name, value, expires_at) VALUES ($1, $2, ${inMs('$3::float8')})
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
        [name, value, ttlMs],
      )
    },
    async swap(name, expected, value, ttlMs) {
      const row = await firstRow(
        sql,
        `INSERT INTO bridge.cache AS c (name, value, expires_at)
         SELECT $1, $2, ${inMs('$3::float8')}
         WHERE $4::text IS NULL OR EXISTS (SELECT FROM bridge.cache WHERE name = $1 AND expires_at > clock_timestamp())
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
         WHERE CASE WHEN c.expires_at > clock_timestamp() THEN c.value = $4 ELSE $4 IS NULL END
         RETURNING name`,
        [name, value, ttlMs, expected ?? null],
      )
      return row !== undefined
    },
  })
}
