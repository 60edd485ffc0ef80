import type pg from 'pg'
import type { SqlClient } from './sql.ts'

/** What the SQL stores run on, over PostgreSQL's driver. */
export function sqlOver(target: pg.Pool | pg.Client): SqlClient {
  return {
    async query<Row>(text: string, params?: readonly unknown[]) {
      const { rows } = await target.query(text, params?.slice())
      return { rows: rows as Row[] }
    },
  }
}
