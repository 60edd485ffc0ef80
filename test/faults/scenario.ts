import { type Chance, makeChance } from './chance.ts'
import type { Tally } from './tally.ts'

/** What the runner hands to a scenario. */
export interface Context {
  readonly chance: Chance
  /** The full number times the size asked for, at least 1. */
  scaled(full: number): number
  /** Says what is going on. */
  say(text: string): void
}

/** One fault test of reliability.md section 5. */
export interface Scenario {
  /** `F1` to `F30`. */
  readonly id: string
  readonly title: string
  run(context: Context): Promise<Tally>
}

/** @param size 1 is the full size */
export function makeContext(seed: number, size: number, say: (text: string) => void): Context {
  return { chance: makeChance(seed), scaled: (full) => Math.max(1, Math.round(full * size)), say }
}
