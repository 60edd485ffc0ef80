import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { StoreSettings } from '../../../src/config/settings.ts'
import type { Part } from '../bench.ts'
import { alternate, compared, measured, repeat } from '../harness.ts'

/** How soon it is there, how much memory it takes to do nothing, and what it is made of. */
export const footprint: Part = async (bench) => {
  const [store, fakes] = await Promise.all([bench.redis(), bench.fakes()])
  const start = async (on: StoreSettings) => {
    const bridge = await bench.bridge({ store: on, fakesUrl: fakes.url })
    await bridge.stop()
    return bridge.startMs
  }
  const bare = async () => {
    const startedAt = performance.now()
    const program = await bench.ceiling('receiver')
    const startMs = performance.now() - startedAt
    await program.stop()
    return startMs
  }
  const { ours, ceiling } = await alternate(bench.sizes.rounds, async () => await start(store), bare)
  // The round that does not count makes the folder.
  const embedded = { kind: 'embedded', dir: join(bench.dir, 'data') } as const
  const onEmbedded = await repeat(bench.sizes.rounds, async () => await start(embedded))

  const idle = await bench.bridge({ store, fakesUrl: fakes.url })
  await pause(bench.sizes.idleMs)
  const idleMb = (await idle.metric('bridge_process_resident_memory_bytes')) / 1e6

  return [
    compared(
      { part: 'footprint', what: 'start to ready, Redis', unit: 'ms', bar: { of: 'ours', atMost: 1_000 } },
      ours,
      ceiling,
    ),
    measured(
      { part: 'footprint', what: 'start to ready, embedded store', unit: 'ms', bar: { of: 'ours', atMost: 2_500 } },
      onEmbedded,
    ),
    measured({ part: 'footprint', what: 'idle memory, Redis', unit: 'MB', bar: { of: 'ours', atMost: 110 } }, [idleMb]),
    measured({ part: 'footprint', what: 'production packages', unit: '', bar: { of: 'ours', atMost: 120 } }, [
      productionPackages(),
    ]),
  ]
}

function productionPackages(): number {
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: new URL('../../..', import.meta.url),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return new Set(listed.trim().split('\n')).size - 1
}
