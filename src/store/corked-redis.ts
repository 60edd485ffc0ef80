import { Redis } from 'ioredis'

/**
 * A client whose commands of one turn of the event loop leave in one write: a write of its own for each costs more
 * than all else that is done for it. ioredis's own auto-pipelining has one pipeline under way at a time, so that a long
 * script would hold up the rest.
 */
export class CorkedRedis extends Redis {
  readonly #work: (() => void)[] = []
  #isPlanned = false

  override sendCommand(...given: Parameters<Redis['sendCommand']>): unknown {
    this.#planWrite()
    return super.sendCommand(...given)
  }

  /** Runs `work` at the end of the turn, in time for its commands to leave with the others. */
  atTurnsEnd(work: () => void): void {
    this.#work.push(work)
    this.#planWrite()
  }

  #planWrite(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    // Absent until it connects.
    const stream: Redis['stream'] | undefined = this.stream
    stream?.cork()
    setImmediate(() => {
      try {
        for (let work = this.#work.shift(); work; work = this.#work.shift()) work()
      } finally {
        this.#isPlanned = false
        stream?.uncork()
      }
    })
  }
}
