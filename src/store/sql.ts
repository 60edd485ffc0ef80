/** What the SQL stores run on: PostgreSQL and the embedded PGlite alike. One statement is one transaction. */
export interface SqlClient {
  query<Row = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<{ rows: Row[] }>
}

/** The first row, where there is one. */
export async function firstRow(
  sql: SqlClient,
  text: string,
  params: readonly unknown[],
): Promise<Record<string, unknown> | undefined> {
  return (await sql.query(text, params)).rows[0]
}

/** A `bigint` column: the driver gives it as text, PGlite as a number. */
export function toNumber(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value)
}
