/** What a scenario came to: one line of the table. */
export interface Tally {
  /** Webhooks accepted. */
  readonly events: number
  /** Kills, freezes, cuts, dropped answers and the like. */
  readonly faults: number
  readonly delivered: number
  readonly lapsed: Readonly<Record<string, number>>
  readonly dead: Readonly<Record<string, number>>
  readonly lost: number
  readonly doubled: number
  /** From acceptance to the end of the slowest delivery, milliseconds: with kills, the worst take-over. */
  readonly slowestMs: number
  /** The slowest 503, milliseconds. */
  readonly longest503Ms: number
  /** Creates that the vendor refused as existing. */
  readonly refusedCreates: number
  /** Everything that breaks a promise, in words; empty when the scenario is passed. */
  readonly problems: readonly string[]
}

/** Counts equal texts. */
export function countBy(texts: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1
  return counts
}

/** Puts the parts of a scenario that was run several times (on several stores) into one line. */
export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = (pick: (tally: Tally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0)
  const most = (pick: (tally: Tally) => number) => Math.max(0, ...tallies.map(pick))
  const merge = (pick: (tally: Tally) => Readonly<Record<string, number>>) => {
    const merged: Record<string, number> = {}
    for (const [key, count] of tallies.flatMap((tally) => Object.entries(pick(tally))))
      merged[key] = (merged[key] ?? 0) + count
    return merged
  }
  return {
    events: sum(({ events }) => events),
    faults: sum(({ faults }) => faults),
    delivered: sum(({ delivered }) => delivered),
    lapsed: merge(({ lapsed }) => lapsed),
    dead: merge(({ dead }) => dead),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    slowestMs: most(({ slowestMs }) => slowestMs),
    longest503Ms: most(({ longest503Ms }) => longest503Ms),
    refusedCreates: sum(({ refusedCreates }) => refusedCreates),
    problems: tallies.flatMap(({ problems }) => problems),
  }
}

/** Of a scenario that sends nothing. */
export const emptyTally: Tally = {
  events: 0,
  faults: 0,
  delivered: 0,
  lapsed: {},
  dead: {},
  lost: 0,
  doubled: 0,
  slowestMs: 0,
  longest503Ms: 0,
  refusedCreates: 0,
  problems: [],
}
