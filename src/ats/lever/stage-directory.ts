import type { AtsTools } from '../adapter.ts'
import type { LeverClient } from './client.ts'
import { stagesPage } from './schema.ts'

/** Names are read again when asked for after this time, and at most that often. */
const REFRESH_MS = 60_000
/** A name older than this is not given: the stage may have been renamed, and a wrong name loses a stage change. */
const TRUST_MS = 300_000
const MAX_PAGES = 20

/**
 * The names of an account's stages, for `normalize`, which has no time to ask: a webhook is answered at once. An
 * unknown name is read in the background; the load step, which reads the stage itself, decides meanwhile.
 */
export class StageDirectory {
  readonly #client: LeverClient
  readonly #tools: Pick<AtsTools, 'connection' | 'log' | 'now'>
  #names: ReadonlyMap<string, string> = new Map()
  #readAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY

  constructor(client: LeverClient, tools: Pick<AtsTools, 'connection' | 'log' | 'now'>) {
    this.#client = client
    this.#tools = tools
  }

  /** The stage's name, if it is known and fresh. */
  nameOf(stageId: string): string | undefined {
    const now = this.#tools.now()
    const name = now - this.#readAt < TRUST_MS ? this.#names.get(stageId) : undefined
    const isDue = name === undefined || now - this.#readAt >= REFRESH_MS
    // The last try's time also keeps a second read from starting beside one under way.
    if (isDue && now - this.#triedAt >= REFRESH_MS) {
      this.#triedAt = now
      void this.#refresh()
    }
    return name
  }

  async #refresh(): Promise<void> {
    try {
      const names = new Map<string, string>()
      const stages = this.#client.list({
        operation: 'list/stages',
        path: '/stages',
        schema: stagesPage,
        maxPages: MAX_PAGES,
      })
      for await (const { id, text } of stages) names.set(id, text)
      this.#names = names
      this.#readAt = this.#tools.now()
    } catch {
      this.#tools.log.warn({ connection: this.#tools.connection }, 'stage names could not be read')
    }
  }
}
