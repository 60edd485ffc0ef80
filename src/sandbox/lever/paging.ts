/**
 * Query parameters and pages of Lever's lists. Unknown parameters are refused here; Lever only says that bad ones are.
 * @see lever.md section 2 "Pagination"
 */
import type { Answer, Call } from '../call.ts'
import type { LeverRow } from './records.ts'
import { leverRefusal } from './refusals.ts'

const MAX_LIMIT = 100

/** @throws Refusal 400 a parameter that is not allowed here */
export function allowOnly(call: Call, names: readonly string[]): void {
  const unknown = [...call.query.keys()].find((name) => !names.includes(name))
  if (unknown !== undefined) throw leverRefusal(400, 'Invalid query parameter')
}

/**
 * One page of rows, given in the order of the list.
 * @throws Refusal 400 bad limit, or an offset that no page gave out
 */
export function pageOf(call: Call, rows: readonly LeverRow[]): Answer {
  const limit = Number(call.query.get('limit') ?? MAX_LIMIT)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw leverRefusal(400, 'Invalid limit')
  const start = startOf(call.query.get('offset'), rows)
  const page = rows.slice(start, start + limit)
  const last = page.at(-1)
  const hasNext = last !== undefined && start + limit < rows.length
  return { status: 200, body: { data: page, hasNext, ...(hasNext && { next: tokenAfter(last) }) } }
}

/** The token is percent-encoded text already; a client that decodes it before sending it back is refused. */
function tokenAfter(row: LeverRow): string {
  return encodeURIComponent(JSON.stringify([1, row['createdAt'] ?? 0, row.id]))
}

function startOf(offset: string | null, rows: readonly LeverRow[]): number {
  if (offset === null) return 0
  const index = rows.findIndex((row) => tokenAfter(row) === offset)
  if (index < 0) throw leverRefusal(400, 'Invalid offset token')
  return index + 1
}
