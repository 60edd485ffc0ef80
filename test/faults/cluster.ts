import { setTimeout as pause } from 'node:timers/promises'
import { type BridgeProcess, type Ended, launchBridge } from '../support/bridge-process.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import type { Chance } from './chance.ts'

/** How a replica's process came to its end. */
export interface Exit extends Ended {
  readonly replica: number
  /** Whether the harness ended it. */
  readonly isAsked: boolean
  /** From the signal to the end; absent where there was none. */
  readonly durationMs?: number
  readonly output: string
}

const RESTART_AFTER_MS = 200
/** Of processes that open a store, on a machine that has more to do. */
const START_WITHIN_MS = 180_000

/** One place in the cluster: a port, and the process that is there now. A process that ends is started again. */
class Replica {
  readonly url: string
  readonly exits: Exit[] = []
  readonly #index: number
  #variables: Readonly<Record<string, string>>
  #process: BridgeProcess | undefined
  #url: string | undefined
  #isStopping = false
  #isAsked = false
  #over: Promise<void> = Promise.resolve()

  constructor(index: number, port: number, variables: Readonly<Record<string, string>>) {
    this.#index = index
    this.url = `http://127.0.0.1:${port}`
    this.#variables = { ...variables, PORT: String(port) }
  }

  get isListening(): boolean {
    return this.#url !== undefined
  }

  /** What the process that runs now has written. */
  get output(): string {
    return this.#process?.output() ?? ''
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  start(): void {
    this.#over = this.#supervise()
  }

  async #supervise(): Promise<void> {
    while (!this.#isStopping) {
      this.#isAsked = false
      const bridge = launchBridge({ variables: this.#variables })
      this.#process = bridge
      bridge.listening().then(
        (url) => {
          if (!bridge.hasEnded()) this.#url = url
        },
        () => undefined,
      )
      const ended = await bridge.ended
      this.#url = undefined
      const asked = { replica: this.#index, isAsked: this.#isAsked, output: bridge.output() }
      this.exits.push({ ...ended, ...asked })
      await pause(RESTART_AFTER_MS)
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.signal(name)
  }

  /** As a power cut of one machine: SIGKILL. It is started again. */
  kill(): void {
    this.#isAsked = true
    this.#url = undefined
    this.#process?.signal('SIGKILL')
  }

  freeze(): void {
    this.signal('SIGSTOP')
  }

  thaw(): void {
    this.signal('SIGCONT')
  }

  /**
   * As a deploy: SIGTERM. It is started again.
   * @param changes what its environment has from then on
   * @returns milliseconds until its end, and its exit code
   */
  async roll(changes: Readonly<Record<string, string>> = {}): Promise<{ durationMs: number; code: number | null }> {
    const bridge = this.#process
    if (!bridge) throw new Error('there is no process')
    this.#variables = { ...this.#variables, ...changes }
    this.#isAsked = true
    this.#url = undefined
    const startedAt = performance.now()
    const { code } = await bridge.stop()
    return { durationMs: performance.now() - startedAt, code }
  }

  /** Ends it for good. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#isStopping = true
    this.#isAsked = true
    this.#process?.signal('SIGCONT')
    this.#process?.signal(signal)
    await this.#over
  }
}

/** Several real processes of the bridge on one store, watched by a supervisor that starts again what ends. */
export class Cluster {
  readonly replicas: readonly Replica[]
  readonly #chance: Chance
  kills = 0

  private constructor(replicas: readonly Replica[], chance: Chance) {
    this.replicas = replicas
    this.#chance = chance
  }

  /** Starts them, and waits until all listen unless told otherwise. */
  static async start(options: {
    readonly count: number
    readonly variables: Readonly<Record<string, string>>
    /** What the environment of one of them has beside. */
    readonly ofReplica?: ((index: number) => Readonly<Record<string, string>>) | undefined
    readonly chance: Chance
    readonly waits?: boolean
  }): Promise<Cluster> {
    const ports: number[] = []
    for (let index = 0; index < options.count; index += 1) ports.push(await freePort())
    const variablesOf = (index: number) => ({ ...options.variables, ...options.ofReplica?.(index) })
    const replicas = ports.map((port, index) => new Replica(index, port, variablesOf(index)))
    const cluster = new Cluster(replicas, options.chance)
    for (const replica of replicas) replica.start()
    if (options.waits !== false) await cluster.allListening()
    return cluster
  }

  get urls(): readonly string[] {
    return this.replicas.map(({ url }) => url)
  }

  get exits(): readonly Exit[] {
    return this.replicas.flatMap(({ exits }) => exits)
  }

  /** Ends that nobody asked for: crashes. */
  get crashes(): readonly Exit[] {
    return this.exits.filter(({ isAsked }) => !isAsked)
  }

  /** All that the processes ever wrote. */
  get output(): string {
    return [...this.exits, ...this.replicas].map(({ output }) => output).join('\n')
  }

  async allListening(): Promise<void> {
    await until(() => this.replicas.every(({ isListening }) => isListening), START_WITHIN_MS)
  }

  /** Address of a replica that listens. */
  async liveUrl(): Promise<string> {
    return await until(() => this.replicas.find(({ isListening }) => isListening)?.url, START_WITHIN_MS)
  }

  /** A rolling deploy of a changed environment, one after the other. */
  async rollAll(changes: Readonly<Record<string, string>>): Promise<void> {
    for (const replica of this.replicas) {
      await replica.roll(changes)
      await this.allListening()
    }
  }

  /**
   * Kills a random one of those that listen, and spares the last: where starting takes longer than the pause between
   * two kills, nothing would ever be taken in. One that is alone is not spared.
   */
  async killOne(): Promise<void> {
    const listening = () => this.replicas.filter(({ isListening }) => isListening)
    const least = Math.min(2, this.replicas.length)
    await until(() => listening().length >= least, START_WITHIN_MS)
    this.#chance.pick(listening()).kill()
    this.kills += 1
  }

  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.end(signal)))
  }
}

export type { Replica }
