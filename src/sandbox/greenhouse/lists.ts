/**
 * How every Harvest v3 list behaves: bare arrays, newest id first, plural filters only, cursor paging.
 * @see greenhouse.md section 2.3; errors as in fixture harvest-v3.errors.json
 */
import { type Answer, type Call, isRecord } from '../call.ts'
import { type Filter, idsOf, timeOf, unprocessable } from './filters.ts'
import type { Row } from './records.ts'

/** One list of the API. */
export interface Resource {
  /** Path below `/v3/`, and the word in the scope. */
  readonly name: string
  readonly filters: Readonly<Record<string, Filter>>
  rows(call: Call): readonly Row[]
}

const DEFAULT_PER_PAGE = 100
const MAX_PER_PAGE = 500
const MAX_FIELDS = 50

const commonFilters: Readonly<Record<string, Filter>> = {
  ids: idsOf('id'),
  created_at: timeOf('created_at'),
  updated_at: timeOf('updated_at'),
}

/** @throws Refusal 422 */
export function listAnswer(call: Call, resource: Resource): Answer {
  const { query, below } = readCursor(call.query)
  const { matches, perPage, fields } = readQuery(query, resource)
  const found = resource
    .rows(call)
    .filter((row) => row.id < below && matches.every((match) => match(row)))
    .toSorted((left, right) => right.id - left.id)
  const page = found.slice(0, perPage)
  const last = page.at(-1)
  const hasNext = last !== undefined && found.length > page.length
  const link = hasNext ? `<${nextUrl(call, resource, query, last.id)}>; rel="next"` : ''
  return { status: 200, headers: { link }, body: page.map((row) => pick(row, fields)) }
}

function readQuery(query: URLSearchParams, resource: Resource) {
  const filters = { ...commonFilters, ...resource.filters }
  const matches: ((row: Row) => boolean)[] = []
  let perPage = DEFAULT_PER_PAGE
  let fields: readonly string[] | undefined
  const seen = new Set<string>()
  for (const [name, text] of query) {
    if (seen.has(name)) throw unprocessable({ [name]: 'given more than once' })
    seen.add(name)
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined
    if (name === 'per_page') perPage = readPerPage(text)
    else if (name === 'fields') fields = readFields(text)
    else if (filter !== undefined) matches.push(filter(name, text))
    else throw unprocessable({ [name]: 'is not allowed' })
  }
  if (seen.has('created_at') && seen.has('updated_at'))
    throw unprocessable('created_at and updated_at cannot be combined')
  return { matches, perPage, fields }
}

function readPerPage(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw unprocessable({ per_page: `\`${text}\` is not a positive number` })
  if (Number(text) > MAX_PER_PAGE) {
    throw unprocessable({ per_page: `\`${text}\` number is greater than: ${MAX_PER_PAGE}` })
  }
  return Number(text)
}

function readFields(text: string): readonly string[] {
  const fields = text.split(',')
  if (fields.length > MAX_FIELDS) throw unprocessable({ fields: `size cannot be greater than ${MAX_FIELDS}` })
  return fields
}

function pick(row: Row, fields: readonly string[] | undefined): Readonly<Record<string, unknown>> {
  if (fields === undefined) return row
  const unknown = fields.find((field) => !Object.hasOwn(row, field))
  if (unknown !== undefined) throw unprocessable({ fields: `\`${unknown}\` is not a field` })
  return Object.fromEntries(fields.map((field) => [field, row[field]]))
}

/** A cursor holds the first page's query and the last id given out. */
function readCursor(given: URLSearchParams): { query: URLSearchParams; below: number } {
  const cursor = given.get('cursor')
  if (cursor === null) return { query: given, below: Number.POSITIVE_INFINITY }
  if (given.size > 1) throw unprocessable('When passing a cursor, do not include other query params.')
  try {
    const held = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8')) as unknown
    if (isRecord(held) && typeof held['id'] === 'number' && typeof held['query'] === 'string') {
      return { query: new URLSearchParams(held['query']), below: held['id'] }
    }
  } catch {
    // Answered below, like any other text that is no cursor.
  }
  throw unprocessable({ cursor: 'is not valid' })
}

function nextUrl(call: Call, resource: Resource, query: URLSearchParams, lastId: number): string {
  const cursor = Buffer.from(JSON.stringify({ query: query.toString(), id: lastId })).toString('base64')
  return `${call.origin}/v3/${resource.name}?cursor=${encodeURIComponent(cursor)}`
}
