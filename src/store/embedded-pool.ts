import { EventEmitter } from 'node:events'
import { setImmediate as afterOthers } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'

interface QueryResult<Row> {
  rows: Row[]
  rowCount: number
}

/** How long queries may follow each other at once: a turn for others after each would have a burst come one by one. */
const SLICE_MS = 10

/**
 * Lets one at a time through, in order, and after each slice of time the process's timers and connections: a database
 * that computes in this thread never waits, so a long line of queries would leave no turn to anything else.
 */
class Turnstile {
  #last: Promise<void> = Promise.resolve()
  #sliceEndsAt = 0

  /** Waits for the turn. @returns ends it */
  async enter(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = this.#last
    this.#last = promise
    await before
    if (performance.now() > this.#sliceEndsAt) {
      await afterOthers()
      this.#sliceEndsAt = performance.now() + SLICE_MS
    }
    return resolve
  }
}

async function runOn<Row>(db: PGlite, text: string, params?: readonly unknown[]): Promise<QueryResult<Row>> {
  // Without parameters there may be several statements, as in `pg`; the last one's result counts.
  const result = params?.length ? await db.query(text, params.slice()) : (await db.exec(text)).at(-1)
  const rows = (result?.rows ?? []) as Row[]
  return { rows, rowCount: result?.affectedRows || rows.length }
}

/** A checked-out client. All of them share PGlite's one session; from BEGIN to its end it is this one's alone. */
class EmbeddedClient extends EventEmitter {
  readonly #db: PGlite
  readonly #turnstile: Turnstile
  readonly #forget: () => void
  #leave: (() => void) | undefined

  constructor(db: PGlite, turnstile: Turnstile) {
    super()
    this.#db = db
    this.#turnstile = turnstile
    // `LISTEN` is an ordinary statement here; what it brings comes for the whole session.
    this.#forget = db.onNotification((channel, payload) => this.emit('notification', { channel, payload }))
  }

  async query<Row = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<QueryResult<Row>> {
    const isInTransaction = this.#leave !== undefined
    const leave = this.#leave ?? (await this.#turnstile.enter())
    try {
      const result = await runOn<Row>(this.#db, text, params)
      if (/^\s*begin\b/i.test(text)) this.#leave = leave
      return result
    } finally {
      const ends = isInTransaction ? /^\s*(commit|rollback)\b/i.test(text) : this.#leave === undefined
      if (ends) {
        this.#leave = undefined
        leave()
      }
    }
  }

  release(): void {
    this.#forget()
    this.removeAllListeners()
    if (this.#leave) void this.query('ROLLBACK').catch(() => undefined)
  }
}

/** PGlite in the shape of a `pg.Pool`, as far as BullMQ and the bridge use one. */
export class EmbeddedPool extends EventEmitter {
  /** Nothing can break between us and it, so a worker may wait long for a notification. */
  readonly options = { keepAlive: true }
  readonly #db: PGlite
  readonly #turnstile = new Turnstile()

  constructor(db: PGlite) {
    super()
    this.#db = db
    this.setMaxListeners(0)
  }

  async query<Row = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<QueryResult<Row>> {
    const leave = await this.#turnstile.enter()
    try {
      return await runOn<Row>(this.#db, text, params)
    } finally {
      leave()
    }
  }

  async connect(): Promise<EmbeddedClient> {
    return await Promise.resolve(new EmbeddedClient(this.#db, this.#turnstile))
  }

  async end(): Promise<void> {
    const leave = await this.#turnstile.enter()
    try {
      await this.#db.close()
    } finally {
      leave()
    }
  }
}
