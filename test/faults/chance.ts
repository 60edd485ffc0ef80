import { seededRandom } from '../../src/sandbox/faults.ts'

/** Repeatable chance: everything random in a scenario is drawn from here. */
export interface Chance {
  /** A number in [0, 1). */
  next(): number
  between(least: number, most: number): number
  /** @throws Error there is nothing to pick from */
  pick<T>(list: readonly T[]): T
  shuffled<T>(list: readonly T[]): T[]
}

/** @param seed whole number; the same one gives the same draws */
export function makeChance(seed: number): Chance {
  const next = seededRandom(seed)
  const pick = <T>(list: readonly T[]): T => {
    const [picked] = list.slice(Math.floor(next() * list.length))
    if (picked === undefined) throw new Error('nothing to pick from')
    return picked
  }
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    pick,
    shuffled: (list) =>
      list
        .map((value) => ({ value, rank: next() }))
        .sort((left, right) => left.rank - right.rank)
        .map(({ value }) => value),
  }
}
