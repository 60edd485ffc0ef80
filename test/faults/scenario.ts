import { type Chance, makeChance } from './chance.ts'
import { type SharedStore, sharedStores } from './fault-store.ts'
import type { Tally } from './tally.ts'

/** What the runner hands to a scenario. */
export interface Context {
  readonly chance: Chance
  /** The full number times the size asked for, at least 1. */
  scaled(full: number): number
  /** The stores on which a scenario that can be played on each is played. */
  readonly stores: readonly SharedStore[]
  /** Factor for bounds of time: above 1 where the machine is shared with much else. */
  readonly slack: number
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

export interface ContextOptions {
  readonly seed: number
  /** 1 is the full size. */
  readonly size: number
  /** Default: each. */
  readonly stores?: readonly SharedStore[]
  readonly slack?: number
  readonly say?: (text: string) => void
}

export function makeContext(options: ContextOptions): Context {
  const { seed, size, stores = sharedStores, slack = 1, say = () => undefined } = options
  return { chance: makeChance(seed), scaled: (full) => Math.max(1, Math.round(full * size)), stores, slack, say }
}
