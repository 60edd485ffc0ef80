import { isNode, isScalar, isSeq, type YAMLMap } from 'yaml'

/** Puts variables' values in place of `${NAME}`. */
export type Fill = (text: string) => string

/** How keys are treated that are not simply set. */
export interface MergeRules {
  /** Lists whose further entries stay. */
  readonly united?: readonly string[]
  /** Keys that do not stay where the made group is without them. */
  readonly left?: readonly string[]
  readonly fill: Fill
}

/**
 * Puts the keys of a made group into one that stands in the document. What stands stays with its comments, if it says
 * the same, and so does every key that is not made.
 */
export function mergeInto(standing: YAMLMap, made: YAMLMap, { united = [], left = [], fill }: MergeRules): void {
  for (const key of left) if (!made.has(key)) standing.delete(key)
  for (const pair of made.items) {
    const name = String(isScalar(pair.key) ? pair.key.value : pair.key)
    const there: unknown = standing.get(name, true)
    if (there === undefined) {
      // A comment would break the one line of a group in braces.
      if (standing.flow === true && isScalar(pair.key)) pair.key.commentBefore = null
      standing.add(pair)
    } else if (united.includes(name) && isSeq(there) && isSeq(pair.value)) {
      const known = new Set(there.items.map((item) => plain(item)))
      for (const item of pair.value.items) if (!known.has(plain(item))) there.add(item)
    } else if (plain(there, fill) !== plain(pair.value, fill)) standing.set(name, pair.value)
  }
}

/** A value as JSON, for comparing. */
function plain(value: unknown, fill: Fill = (text) => text): string {
  const filled = (_key: string, part: unknown) => (typeof part === 'string' ? fill(part) : part)
  return JSON.stringify(isNode(value) ? value.toJSON() : value, filled)
}
