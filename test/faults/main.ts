/**
 * `npm run test:faults [-- --only F1,F7 --size 0.1 --seed 123 --store redis --slack 2]`: plays the fault tests of reliability.md section 5, one
 * after the other, and prints what each came to. Exit code 1 when a promise was broken, 2 for wrong usage.
 */
import { parseArgs } from 'node:util'
import { requireServers } from '../support/binaries.ts'
import { allScenarios } from './all-scenarios.ts'
import { type SharedStore, sharedStores } from './fault-store.ts'
import { makeContext, type Scenario } from './scenario.ts'
import { formatTable, type Row } from './table.ts'
import { emptyTally, type Tally } from './tally.ts'

const say = (text: string) => void process.stdout.write(`${text}\n`)

function usage(message: string): never {
  process.stderr.write(
    `${message}\nUsage: npm run test:faults -- [--only F1,F7] [--size 0.1] [--seed 123] [--store redis|postgres] [--slack 2]\n`,
  )
  process.exit(2)
}

interface Flags {
  readonly chosen: readonly Scenario[]
  readonly size: number
  readonly seed: number
  readonly slack: number
  readonly stores: readonly SharedStore[]
}

function flags(): Flags {
  try {
    const text = { type: 'string' } as const
    const { values } = parseArgs({ options: { only: text, size: text, seed: text, slack: text, store: text } })
    const size = Number(values.size ?? 1)
    const seed = Number(values.seed ?? Date.now() % 1_000_000)
    if (!(size > 0 && size <= 10)) usage('--size is a number above 0; 1 is the full size')
    if (!Number.isSafeInteger(seed)) usage('--seed is a whole number')
    const slack = Number(values.slack ?? 1)
    if (!(slack >= 1)) usage('--slack is a number from 1: bounds of time are multiplied by it')
    const stores = sharedStores.filter((store) => store === (values.store ?? store))
    if (stores.length === 0) usage(`--store is one of ${sharedStores.join(', ')}; left out, each is played`)
    const wanted = values.only?.split(',')
    const unknown = wanted?.filter((id) => !allScenarios.some((one) => one.id === id)) ?? []
    if (unknown.length > 0) usage(`There is no scenario ${unknown.join(', ')}`)
    return { chosen: allScenarios.filter(({ id }) => wanted?.includes(id) ?? true), size, seed, slack, stores }
  } catch (error) {
    return usage((error as Error).message)
  }
}

async function play(scenario: Scenario, options: Flags): Promise<Tally> {
  try {
    // Each draws from its own start, so that one alone repeats what it did among the others.
    return await scenario.run(makeContext({ ...options, say: (text) => say(`  ${text}`) }))
  } catch (error) {
    return { ...emptyTally, problems: [`could not be played: ${(error as Error).stack}`] }
  }
}

const given = flags()
const { chosen, size, seed } = given
requireServers()
say(`seed ${seed}, size ${size}`)
const rows: Row[] = []
for (const scenario of chosen) {
  say(`${scenario.id} ${scenario.title}`)
  const startedAt = performance.now()
  const tally = await play(scenario, given)
  rows.push({ scenario, tally, tookMs: performance.now() - startedAt })
  for (const problem of tally.problems) say(`  ✗ ${problem}`)
}
say(`\n${formatTable(rows)}`)
const broken = rows.filter(({ tally }) => tally.problems.length > 0)
say(
  broken.length === 0
    ? '\nEvery promise was kept.'
    : `\nBroken: ${broken.map(({ scenario }) => scenario.id).join(', ')}`,
)
process.exit(broken.length === 0 ? 0 : 1)
