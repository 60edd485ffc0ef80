import { parseArgs } from 'node:util'
import { makeContext, type Scenario } from './scenario.ts'
import { f1, f29 } from './scenarios/kill-nine.ts'

const { values } = parseArgs({
  options: { only: { type: 'string' }, size: { type: 'string' }, seed: { type: 'string' } },
})
const all: Scenario[] = [f1, f29]
const seed = Number(values.seed ?? Date.now() % 1_000_000)
console.log('seed', seed)
for (const one of all) {
  if (values.only && !values.only.split(',').includes(one.id)) continue
  const t = performance.now()
  const tally = await one.run(makeContext(seed, Number(values.size ?? 1), console.log))
  console.log(one.id, Math.round(performance.now() - t), tally)
}
process.exit()
