import { launchBridge } from '../support/bridge-process.ts'
import {
  type SandboxWorld,
  type SandboxWorldOptions,
  sandboxDocument,
  sandboxVariables,
  startSandboxWorld,
} from '../support/sandbox-world.ts'
import { check, type Expectation } from './checker.ts'
import { Cluster } from './cluster.ts'
import { type FaultStore, openFaultStore, type StoreKind } from './fault-store.ts'
import { type Applicant, Recruiter, type Told } from './recruiter.ts'
import type { Context } from './scenario.ts'
import { Sender, type SenderOptions } from './sender.ts'
import type { Tally } from './tally.ts'

/** What a scenario knows beforehand, and what it has found itself. */
export interface StageExpectation extends Expectation {
  /** Whether processes may end by themselves. */
  readonly crashes?: boolean
  /** Problems that the scenario has found. */
  readonly found?: readonly string[]
}

/** Everything a scenario plays with: sandboxes, a store of its own, replicas of the real process. */
export interface Stage {
  readonly sandboxes: SandboxWorld
  readonly store: FaultStore
  readonly cluster: Cluster
  readonly recruiter: Recruiter
  readonly sender: Sender
  /** Adds people, a few of them at Lever unless all are to be at one ATS, and moves them into the stage. */
  tellOf(count: number, ats?: Applicant['ats']): Told[]
  /** Looks by hand for whoever was missed, as `bridge sweep` with the replicas' settings. @throws Error it failed */
  sweep(): Promise<void>
  /** Waits until all is quiet, then decides. Crashes that nobody asked for are problems unless expected. */
  verdict(faults: number, expected?: StageExpectation): Promise<Tally>
}

export interface StageOptions {
  readonly store: StoreKind
  /** Default 3. */
  readonly replicas?: number
  readonly sandboxes?: SandboxWorldOptions
  readonly variables?: Readonly<Record<string, string>>
  /** What the environment of one replica has beside. */
  readonly ofReplica?: (index: number) => Readonly<Record<string, string>>
  readonly sender?: Partial<SenderOptions>
  /** Whether the processes reach the store through a proxy; default false. */
  readonly proxied?: boolean
  /** Whether to wait until the replicas listen; default true. */
  readonly waits?: boolean
  /** What is done to the store before the replicas start. */
  readonly before?: (store: FaultStore) => Promise<void>
}

/** One in so many is at Lever: its limit of ten calls a second would set the pace of everything else. */
const LEVER_SHARE = 20
/** How often a sweep by hand is run when the store does not take it. */
const SWEEPS = 3

/** Sets the stage, plays on it, and clears everything away. */
export async function onStage<T>(
  { chance }: Context,
  options: StageOptions,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const { replicas: count = 3, waits = true, proxied = false } = options
  const [sandboxes, store] = await Promise.all([
    startSandboxWorld(options.sandboxes),
    openFaultStore(options.store, proxied),
  ])
  let cluster: Cluster | undefined
  try {
    await options.before?.(store)
    const variables = {
      ...sandboxVariables(sandboxes, store.settings),
      BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
      ...options.variables,
    }
    cluster = await Cluster.start({ count, variables, ofReplica: options.ofReplica, chance, waits })
    const recruiter = new Recruiter(sandboxes)
    const { urls } = cluster
    const sender = new Sender({ urls: () => urls, chance, ...options.sender })
    return await play(
      makeStage({ sandboxes, store, cluster, recruiter, sender, sweep: async () => await sweepByHand(variables) }),
    )
  } finally {
    await cluster?.end()
    await Promise.all([sandboxes.close(), store.remove()])
  }
}

function makeStage(parts: Omit<Stage, 'tellOf' | 'verdict'>): Stage {
  const { sandboxes, cluster, recruiter, sender } = parts
  const atsOf = (index: number): Applicant['ats'] => (index % LEVER_SHARE === LEVER_SHARE - 1 ? 'lever' : 'greenhouse')
  return {
    ...parts,
    tellOf: (count, ats) =>
      Array.from({ length: count }, (_, index) => recruiter.moveIn(recruiter.add(ats ?? atsOf(index)))),
    verdict: async (faults, { crashes = false, found = [], ...expected } = {}) => {
      const evidence = { sandboxes, applicants: recruiter.applicants, sender, url: await cluster.liveUrl(), faults }
      const tally = await check(evidence, expected)
      const problems = crashes ? [] : cluster.crashes.map(({ code, output }) => `ended with ${code}: ${tailOf(output)}`)
      return { ...tally, problems: [...found, ...tally.problems, ...problems] }
    },
  }
}

/** Whoever is told that the store did not take a call runs it again: what has been found by then is queued. */
async function sweepByHand(variables: Readonly<Record<string, string>>, times = SWEEPS): Promise<void> {
  const sweep = launchBridge({ variables, args: ['sweep'] })
  const { code } = await sweep.ended
  if (code === 0) return
  if (times === 1) throw new Error(`bridge sweep ended with ${code}: ${tailOf(sweep.output())}`)
  await sweepByHand(variables, times - 1)
}

const tailOf = (text: string) => text.trim().split('\n').slice(-5).join('\n')
