import type { Scenario } from './scenario.ts'
import type { Tally } from './tally.ts'

/** One scenario that was played. */
export interface Row {
  readonly scenario: Scenario
  readonly tally: Tally
  readonly tookMs: number
}

const seconds = (ms: number) => (ms / 1000).toFixed(1)
const counted = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ') || '0'

const columns: Readonly<Record<string, (row: Row) => string>> = {
  '': ({ tally }) => (tally.problems.length === 0 ? '✓' : '✗'),
  test: ({ scenario }) => scenario.id,
  events: ({ tally }) => String(tally.events),
  faults: ({ tally }) => String(tally.faults),
  lost: ({ tally }) => String(tally.lost),
  doubled: ({ tally }) => String(tally.doubled),
  'slowest s': ({ tally }) => seconds(tally.slowestMs),
  'longest 503 s': ({ tally }) => seconds(tally.longest503Ms),
  'took s': ({ tookMs }) => seconds(tookMs),
  dead: ({ tally }) => counted(tally.dead),
  lapsed: ({ tally }) => counted(tally.lapsed),
}

/** The results as a table in plain text. */
export function formatTable(rows: readonly Row[]): string {
  const names = Object.keys(columns)
  const lines = [names, ...rows.map((row) => Object.values(columns).map((cell) => cell(row)))]
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
