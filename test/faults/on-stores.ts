import { type SharedStore, sharedStores } from './fault-store.ts'
import { addTallies, type Tally } from './tally.ts'

/** Plays a scenario once on each shared store, one after the other; problems say on which. */
export async function onStores(play: (store: SharedStore) => Promise<Tally>): Promise<Tally> {
  const tallies: Tally[] = []
  for (const store of sharedStores) {
    const tally = await play(store)
    tallies.push({ ...tally, problems: tally.problems.map((problem) => `${store}: ${problem}`) })
  }
  return addTallies(tallies)
}
