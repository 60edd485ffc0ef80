import { closest, distance } from 'fastest-levenshtein'

const MAX_DISTANCE = 3

/** The known word that somebody most likely meant, if one is near enough; upper and lower case count as equal. */
export function nearest(word: string, known: readonly string[], maxDistance = MAX_DISTANCE): string | undefined {
  if (known.length === 0) return undefined
  const lowered = known.map((candidate) => candidate.toLowerCase())
  const best = closest(word.toLowerCase(), lowered)
  const apart = distance(word.toLowerCase(), best)
  // Of a short word nothing would be left after three changes.
  return apart <= Math.min(maxDistance, Math.ceil(word.length / 2)) ? known[lowered.indexOf(best)] : undefined
}

/** What to say after an unknown word: the nearest known one, or, where none is near, all of them. */
export function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  if (near !== undefined) return `did you mean "${near}"?`
  return known.length === 0 ? 'none is known here' : `there is ${known.map((key) => `"${key}"`).join(', ')}`
}
