/** The benchmark: `npm run bench -- --help`. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { requireServers } from '../support/binaries.ts'
import { type Part, runPart, type Sizes } from './bench.ts'
import { type Figure, machine } from './harness.ts'
import { ack } from './parts/ack.ts'
import { budget } from './parts/budget.ts'
import { deliver } from './parts/deliver.ts'
import { footprint } from './parts/footprint.ts'
import { growth } from './parts/growth.ts'
import { ignored } from './parts/ignored.ts'
import { replicas } from './parts/replicas.ts'
import { setUp } from './parts/set-up.ts'
import { soak } from './parts/soak.ts'
import { stores } from './parts/stores.ts'
import { strangers } from './parts/strangers.ts'
import { table } from './table.ts'

const parts: Readonly<Record<string, Part>> = {
  ack,
  ignored,
  strangers,
  deliver,
  budget,
  footprint,
  growth,
  stores,
  replicas,
  soak,
  'set-up': setUp,
}

const full: Sizes = {
  ...{ rounds: 5, webhooks: 20_000, deliveries: 5_000, single: 50 },
  ...{ limited: 1_000, grown: 100_000, soaked: 200_000, idleMs: 10_000 },
}
const quick: Sizes = {
  ...{ rounds: 1, webhooks: 2_000, deliveries: 500, single: 5 },
  ...{ limited: 300, grown: 1_000, soaked: 1_000, idleMs: 1_000 },
}

const help = `Usage: npm run bench -- [options]

Measures the real process against bare programs that do only the unavoidable work, in turn, on this machine.

  --only a,b      parts: ${Object.keys(parts).join(', ')}
  --rounds N      measured rounds of each figure (5)
  --quick         a few seconds for each part: shows that it runs, not how fast
  --json FILE     writes every round's values there
  --source        runs src/main.ts instead of building dist/
  --profile DIR   puts a processor profile of every process of the bridge there
`

const root = fileURLToPath(new URL('../..', import.meta.url))
const say = (text: string) => void process.stderr.write(`${text}\n`)

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    source: { type: 'boolean', default: false },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

/** @throws Error no such part */
function chosen(): readonly (readonly [string, Part])[] {
  const names = flags.only?.split(',') ?? Object.keys(parts)
  return names.map((name) => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined
    if (part === undefined) throw new Error(`There is no part "${name}"; there are ${Object.keys(parts).join(', ')}.`)
    return [name, part]
  })
}

function program(): string {
  if (flags.source) return `${root}src/main.ts`
  say('building')
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  return `${root}dist/main.js`
}

async function main(): Promise<void> {
  if (flags.help) return void process.stdout.write(help)
  const selected = chosen()
  requireServers()
  const base = flags.quick ? quick : full
  const sizes = { ...base, rounds: flags.rounds === undefined ? base.rounds : Number(flags.rounds) }
  const nodeFlags = flags.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(flags.profile)}`]
  const given = { sizes, main: program(), nodeFlags, say }
  const figures: Figure[] = []
  for (const [name, part] of selected) {
    say(`\n${name}`)
    figures.push(...(await runPart(part, given)))
    say(table(figures.filter((figure) => figure.part === name)))
  }
  const about = { ...machine(), rounds: String(sizes.rounds), ...(flags.quick && { note: 'quick: not for quoting' }) }
  const lines = Object.entries(about).map(([name, value]) => `${name}: ${value}`)
  process.stdout.write(`\n${table(figures)}\n\n${lines.join('\n')}\n`)
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify({ about, sizes, figures }, null, 2)}\n`)
}

// By itself a signal leaves no time for what ends the started processes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]))
}
await main()
