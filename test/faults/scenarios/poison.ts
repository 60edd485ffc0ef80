import { person } from '../../../src/sandbox/people.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage } from '../stage.ts'
import { standingOf } from '../standing-links.ts'

/** Address of a preload that makes the words fatal. */
function fatal(words: readonly string[]): string {
  const flaw = new URL('../poison.ts', import.meta.url)
  for (const word of words) flaw.searchParams.append('word', word)
  return flaw.href
}

/** Of one poisonous input. */
const MOST_CRASHES = 10
/** From a crash to the take-over of what was at work. */
const TAKE_OVER_MS = 25_000

async function poisoned(context: Context, store: SharedStore) {
  const poisonous = Array.from({ length: context.scaled(3) }, (_, index) => person(index).email)
  return await onStage(
    context,
    { store, variables: { NODE_OPTIONS: `--import=${fatal(poisonous)}` } },
    async (stage) => {
      const { sender, tellOf, verdict, cluster, sandboxes } = stage
      const good = context.scaled(500)
      // Lever's limit would keep some of the good ones out of the crashes.
      const tolds = context.chance.shuffled(tellOf(good + poisonous.length, 'greenhouse'))
      await sender.sendAll(tolds, 50)
      const most = MOST_CRASHES * poisonous.length
      const quietWithinMs = 60_000 + most * TAKE_OVER_MS
      const tally = await verdict(0, { crashes: true, dead: ['crashed-repeatedly'], quietWithinMs })
      const crashes = cluster.crashes.length
      const withLink = tolds.filter(({ applicant }) => standingOf(applicant, sandboxes).isComplete).length
      context.say(`${store}: ${crashes} crashes`)
      const found = [
        ...(withLink === good ? [] : [`${withLink} of ${good} good ones have their link`]),
        ...(crashes <= most ? [] : [`${crashes} crashes by ${poisonous.length} poisonous inputs`]),
      ]
      return { ...tally, faults: crashes, problems: [...tally.problems, ...found] }
    },
  )
}

export const f25: Scenario = {
  id: 'F25',
  title: 'an input that kills the process among good ones',
  run: async (context) => await onStores(context, (store) => poisoned(context, store)),
}
