import { Redis } from 'ioredis'

/**
 * A client whose commands of one turn of the event loop leave in one write: a write of its own for each costs more
 * than all else that is done for it. ioredis's own auto-pipelining has one pipeline under way at a time, so that a long
 * script would hold up the rest.
 */
export class CorkedRedis extends Redis {
  readonly #lastWords: (() => void)[] = []
  #isLeaving = false

  override sendCommand(...given: Parameters<Redis['sendCommand']>): unknown {
    this.#leave()
    return super.sendCommand(...given)
  }

  /** Runs `say` at the end of the turn, in time for its commands to leave with the others. */
  atTurnsEnd(say: () => void): void {
    this.#lastWords.push(say)
    this.#leave()
  }

  #leave(): void {
    if (this.#isLeaving) return
    this.#isLeaving = true
    // Absent until it connects.
    const stream: Redis['stream'] | undefined = this.stream
    stream?.cork()
    setImmediate(() => {
      try {
        for (let say = this.#lastWords.shift(); say; say = this.#lastWords.shift()) say()
      } finally {
        this.#isLeaving = false
        stream?.uncork()
      }
    })
  }
}
