/** `npm run test:fuzz -- [--requests 100000] [--seed 1]`: the fuzz of the receiver at full size. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { privateRedis } from '../support/private-stores.ts'
import { fuzz } from './fuzz.ts'

const MIB = 1024 * 1024
/** Heap that may have been added in four fifths of the requests. */
const MAX_GROWTH = 16 * MIB

const { values } = parseArgs({ options: { requests: { type: 'string' }, seed: { type: 'string' } } })
const requests = Number(values.requests ?? 100_000)
const seed = Number(values.seed ?? randomInt(2 ** 31))
const say = (text: string) => process.stdout.write(`${text}\n`)

say(`${requests} requests, seed ${seed}`)
const store = await privateRedis()
try {
  const { byStatus, strange, heap, seconds } = await fuzz(store.settings, { requests, seed })
  const [early, late] = heap.map((bytes) => (bytes / MIB).toFixed(1))
  for (const [status, count] of Object.entries(byStatus)) say(`  ${status}  ${count}`)
  say(`heap after collection ${early} MiB at a fifth, ${late} MiB at the end; ${seconds.toFixed(1)} s`)
  for (const { index, status } of strange) say(`not documented: request ${index} was answered ${status}`)
  const isFlat = heap[1] - heap[0] < MAX_GROWTH
  if (!isFlat) say('the heap has grown')
  process.exitCode = strange.length === 0 && isFlat ? 0 : 1
} finally {
  await store.remove()
}
