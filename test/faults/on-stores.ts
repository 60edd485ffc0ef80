import type { SharedStore } from './fault-store.ts'
import type { Context } from './scenario.ts'
import { addTallies, type Tally } from './tally.ts'

/** Plays a scenario once on each store of the context, one after the other; problems say on which. */
export async function onStores({ stores }: Context, play: (store: SharedStore) => Promise<Tally>): Promise<Tally> {
  const tallies: Tally[] = []
  for (const store of stores) {
    const tally = await play(store)
    tallies.push({ ...tally, problems: tally.problems.map((problem) => `${store}: ${problem}`) })
  }
  return addTallies(tallies)
}
