import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { StoreSettings } from '../../src/config/settings.ts'
import { temporaryFolder } from '../support/at-exit.ts'
import { startRedis } from '../support/redis-server.ts'
import { type BridgeOptions, type BridgeUnderTest, HEAP_FLAGS, startBridge } from './bridge.ts'
import { type Fakes, type FakesOptions, startFakes } from './fakes.ts'
import type { Figure } from './harness.ts'
import { type LoadGenerator, startLoadGenerator } from './load.ts'
import { type Program, startProgram } from './program.ts'
import { type WebhookSet, writeWebhooks } from './webhooks.ts'

/** How much of everything a run does. */
export interface Sizes {
  /** Measured rounds of each figure; one more goes before. */
  readonly rounds: number
  /** Webhooks of a round of receiving. */
  readonly webhooks: number
  /** Deliveries of a round of delivering. */
  readonly deliveries: number
  /** Webhooks sent one by one to an idle bridge. */
  readonly single: number
  /** Deliveries against a limited ATS. */
  readonly limited: number
  /** Finished deliveries that a grown store holds. */
  readonly grown: number
  /** Webhooks of a soak, of which a tenth become deliveries. */
  readonly soaked: number
  /** How long a process is left alone before its memory is read. */
  readonly idleMs: number
}

/** What a part is given: it starts what it needs, and all of it is gone when the part ends. */
export interface Bench {
  readonly sizes: Sizes
  /** The bridge's program. */
  readonly main: string
  readonly dir: string
  readonly nodeFlags: readonly string[]
  say(text: string): void
  /** Runs after the part, last one first. */
  onEnd(cleanUp: () => Promise<unknown>): void
  redis(): Promise<Extract<StoreSettings, { kind: 'redis' }>>
  fakes(options?: FakesOptions): Promise<Fakes>
  load(): Promise<LoadGenerator>
  /** What the bridge is held against, with the bridge's heap. @param name of a program in `ceilings` */
  ceiling(name: 'receiver' | 'worker', argument?: unknown): Promise<Program>
  bridge(options: Pick<BridgeOptions, 'store' | 'fakesUrl' | 'role' | 'nodeFlags'>): Promise<BridgeUnderTest>
  /** Writes requests that nothing in this run has been sent before, for one load. @returns the file, and its first application */
  webhooks(kind: WebhookSet['kind'], count: number): { readonly file: string; readonly from: number }
}

/** A part of the benchmark. */
export type Part = (bench: Bench) => Promise<readonly Figure[]>

/** Runs a part in a folder of its own. */
export async function runPart(
  part: Part,
  given: Pick<Bench, 'sizes' | 'main' | 'nodeFlags' | 'say'>,
): Promise<readonly Figure[]> {
  const dir = temporaryFolder('bridge-bench-')
  const cleanUps: (() => Promise<unknown>)[] = []
  const kept = async <Thing>(thing: Promise<Thing>, end: (thing: Thing) => Promise<unknown>) => {
    const started = await thing
    cleanUps.push(async () => await end(started))
    return started
  }
  let next = 1_000_001
  let files = 0
  try {
    return await part({
      ...given,
      dir,
      onEnd: (cleanUp) => void cleanUps.push(cleanUp),
      redis: async () => ({ kind: 'redis', url: (await kept(startRedis(), (server) => server.stop())).url }),
      fakes: async (options) => await kept(startFakes(options), (fakes) => fakes.close()),
      load: async () => await kept(startLoadGenerator(), (load) => load.close()),
      ceiling: async (name, argument) =>
        await kept(startProgram(`ceilings/${name}.ts`, argument, HEAP_FLAGS), (program) => program.stop()),
      bridge: async (options) => await kept(startBridge({ ...given, dir, ...options }), (bridge) => bridge.stop()),
      webhooks: (kind, count) => {
        const from = next
        next += count
        files += 1
        return { file: writeWebhooks(join(dir, `webhooks-${files}`), { from, count, kind }), from }
      },
    })
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp().catch((error: unknown) => given.say(String(error)))
    rmSync(dir, { recursive: true, force: true })
  }
}
