import type { Logger } from 'pino'

/** When a worker counts as stuck, and as lost. Milliseconds. */
export interface WatchdogTimes {
  readonly every: number
  /** A delivery in the queue is overdue so long after its turn. */
  readonly overdue: number
  /** A worker with places free that neither takes nor ends a delivery. */
  readonly idle: number
  /** One whose every place is taken: longer than an attempt may last. */
  readonly busy: number
  /** From stuck to lost. */
  readonly grace: number
}

const standardTimes: WatchdogTimes = { every: 5_000, overdue: 60_000, idle: 60_000, busy: 300_000, grace: 120_000 }

export interface WatchdogTools {
  /** Whether the queue holds a delivery, taken by nobody, whose turn came so many milliseconds ago. */
  readonly hasOverdue: (ms: number) => Promise<boolean>
  /** Writes something. @throws the store does not take it: whatever stands still, it is not the worker's fault */
  readonly tryStore: () => Promise<void>
  /** Changes whenever the worker takes up a delivery or ends one. */
  readonly progress: () => number
  readonly isFull: () => boolean
  readonly log: Logger
  /** Called once. */
  readonly onLost: () => void
  readonly times?: Partial<WatchdogTimes>
}

/**
 * Notices a worker that is alive but no longer works, e.g. because its connection to the store died without a word.
 * One that waits for a limit is not stuck (nothing is overdue then), nor one with nothing to do, nor one whose store
 * is away. Time is counted in steps, so that a process that was frozen is not found stuck on waking.
 * @see reliability.md section 4, A2
 */
export class Watchdog {
  readonly #tools: WatchdogTools
  readonly #times: WatchdogTimes
  #progress: number
  #stillFor = 0
  #stuckFor = 0
  #isStuck = false
  #isLost = false
  #timer: NodeJS.Timeout | undefined

  constructor(tools: WatchdogTools) {
    this.#tools = tools
    this.#times = { ...standardTimes, ...tools.times }
    this.#progress = tools.progress()
  }

  get isStuck(): boolean {
    return this.#isStuck
  }

  /** Looks every so often from now on, at one pace however often it is started. */
  start(): void {
    if (this.#timer) return
    const next = () => {
      this.#timer = setTimeout(() => void this.look().finally(() => this.#timer && next()), this.#times.every).unref()
    }
    next()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Looks once; every call stands for one step of time. */
  async look(): Promise<void> {
    const { progress, isFull, log, onLost } = this.#tools
    const { every, idle, busy, grace } = this.#times
    if (progress() !== this.#progress) {
      this.#progress = progress()
      return this.#isWell()
    }
    this.#stillFor += every
    if (this.#stillFor < (isFull() ? busy : idle)) return
    const isWaiting = await this.#isWorkWaiting()
    if (isWaiting === 'unknown') return this.#isWell()
    if (!isWaiting) {
      this.#isStuck = false
      this.#stuckFor = 0
      return
    }
    if (!this.#isStuck) log.error('worker takes no deliveries though some are overdue')
    else this.#stuckFor += every
    this.#isStuck = true
    if (this.#stuckFor < grace || this.#isLost) return
    this.#isLost = true
    log.fatal('worker is lost, the process ends to be started again')
    onLost()
  }

  async #isWorkWaiting(): Promise<boolean | 'unknown'> {
    try {
      await this.#tools.tryStore()
      return await this.#tools.hasOverdue(this.#times.overdue)
    } catch {
      return 'unknown'
    }
  }

  #isWell(): void {
    this.#stillFor = 0
    this.#stuckFor = 0
    this.#isStuck = false
  }
}
