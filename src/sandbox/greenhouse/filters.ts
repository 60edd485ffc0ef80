/**
 * The filters that Harvest v3 lists take. What the vendor would refuse is refused with 422.
 * @see greenhouse.md section 2.3
 */
import { Refusal } from '../call.ts'
import type { Row } from './records.ts'

/** Reads a parameter's text. @throws Refusal 422 */
export type Filter = (parameter: string, text: string) => (row: Row) => boolean

/** The refusal of what cannot be processed. Entries are texts, or objects of one field and its text. */
export function unprocessable(...errors: readonly (string | Readonly<Record<string, string>>)[]): Refusal {
  return new Refusal(422, { message: 'Unprocessable Content', errors })
}

const MAX_IDS = 50

/** Comma-separated ids, at most 50, matched against one key of the record. */
export const idsOf =
  (key: string): Filter =>
  (parameter, text) => {
    const parts = text.split(',')
    if (!parts.every((part) => /^\d{1,16}$/.test(part))) throw unprocessable({ [parameter]: 'must be a list of ids' })
    if (parts.length > MAX_IDS) throw unprocessable({ [parameter]: `size cannot be greater than ${MAX_IDS}` })
    const wanted = new Set(parts.map(Number))
    return (row) => wanted.has(Number(row[key]))
  }

/** One of a closed list of words; `words` maps the query's word to the answer's. */
export const wordOf =
  (key: string, words: Readonly<Record<string, unknown>>): Filter =>
  (parameter, text) => {
    const word = Object.hasOwn(words, text) ? words[text] : undefined
    if (word === undefined) throw unprocessable({ [parameter]: `must be one of: ${Object.keys(words).join(', ')}` })
    return (row) => row[key] === word
  }

/** `true` or `false`. */
export const flagOf = (key: string): Filter => wordOf(key, { true: true, false: false })

/** Equal, and case-sensitive. */
export const textOf =
  (key: string): Filter =>
  (_parameter, text) =>
  (row) =>
    row[key] === text

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
}

/** `gte|<ISO time>`, or two-sided `gte|<ISO time>|lte|<ISO time>`. */
export const timeOf =
  (key: string): Filter =>
  (parameter, text) => {
    const parts = text.split('|')
    const refusal = unprocessable({ [parameter]: 'must be like gte|2026-01-01T00:00:00Z' })
    if (parts.length !== 2 && parts.length !== 4) throw refusal
    const tests = Array.from({ length: parts.length / 2 }, (_, pair) => {
      const compare = comparisons[parts[pair * 2] ?? '']
      const bound = Date.parse(parts[pair * 2 + 1] ?? '')
      if (compare === undefined || Number.isNaN(bound)) throw refusal
      return (value: number) => compare(value, bound)
    })
    return (row) => tests.every((test) => test(Date.parse(String(row[key]))))
  }
