import { randomInt } from 'node:crypto'
import type { ZodType } from 'zod'
import { bucketLimit } from '../../budget/bucket-limit.ts'
import type { Budget } from '../../budget/budget.ts'
import type { Purpose } from '../../budget/limit.ts'
import { currentPurpose } from '../../budget/purpose.ts'
import { type Download, FileClient } from '../../http/file-client.ts'
import { HttpError } from '../../http/http-error.ts'
import { type JsonAnswer, JsonClient, type JsonRequest } from '../../http/json-client.ts'
import type { AtsTools } from '../adapter.ts'
import { atsFailures } from '../failure-reasons.ts'
import { patiently } from '../patiently.ts'
import type { LeverOperation } from './operations.ts'
import type { LeverSettings } from './settings.ts'

const API_VERSION = '/v1'
/** The limit is a bucket refilled every second; spread, so that waiting calls do not return together. */
const LIMIT_WAIT_MS = { least: 1_000, most: 2_000 }

/** A little below what Lever says of itself: ten calls a second, twenty in a burst, neither guaranteed. */
const CALLS = { perSecond: 9, burst: 15 }
/** The rule of its limit. */
export const leverLimit = bucketLimit(CALLS)

/** So that a sweep's quarter of it is one. */
const LEAST_BURST = 4

/** How many deliveries may begin, so that the limit has room for each one's calls when it comes to them. */
export const leverPace = (callsEach: number) =>
  bucketLimit({ perSecond: CALLS.perSecond / callsEach, burst: Math.max(LEAST_BURST, CALLS.burst / callsEach) })

interface Page<Row> {
  readonly data: Row[]
  readonly hasNext?: boolean | null | undefined
  readonly next?: string | null | undefined
}

/** What a paged list is asked for. */
export interface ListRequest<Row> {
  readonly operation: LeverOperation
  readonly path: string
  readonly query?: URLSearchParams
  readonly schema: ZodType<Page<Row>>
  /** Pages read at most. */
  readonly maxPages: number
  /** Set for a sweep's list: its calls wait for their share of the limit, until this says stop. */
  readonly sweep?: AbortSignal
}

/** Calls Lever's Data API v1 with the connection's key. Paths are given without the version. */
export class LeverClient {
  readonly #budget: Budget
  readonly #http: JsonClient
  readonly #files: FileClient
  readonly #now: () => number
  readonly #authorization: string

  constructor(settings: LeverSettings, tools: AtsTools) {
    this.#authorization = `Basic ${Buffer.from(`${settings.apiKey}:`).toString('base64')}`
    this.#budget = tools.budget
    this.#now = tools.now
    const shared = {
      target: 'lever',
      baseUrl: settings.baseUrl.replace(/\/+$/, '') + API_VERSION,
      dispatcher: tools.dispatcher,
      observeCall: tools.observeCall,
      now: tools.now,
    }
    this.#files = new FileClient(shared)
    this.#http = new JsonClient({
      ...shared,
      limitWait: () => randomInt(LIMIT_WAIT_MS.least, LIMIT_WAIT_MS.most + 1),
      onAnswer: ({ status, retryAfterMs, askedAt }) => {
        if (status === 429) tools.budget.observe({ askedAt, refusedForMs: retryAfterMs ?? LIMIT_WAIT_MS.least })
      },
    })
  }

  /** One call, when the budget has room for it. @throws RetryableError, PermanentError */
  async call<T>(
    request: JsonRequest<T> & { readonly operation: LeverOperation },
    purpose: Purpose = currentPurpose(),
  ): Promise<JsonAnswer<T>> {
    await this.#budget.take(purpose)
    try {
      return await this.#http.call({ ...request, headers: { ...request.headers, authorization: this.#authorization } })
    } catch (error) {
      throw error instanceof HttpError ? error.as(atsFailures) : error
    }
  }

  /** Fetches a file, when the budget has room for it. @throws RetryableError, PermanentError */
  async download(operation: LeverOperation, path: string): Promise<Download> {
    await this.#budget.take('live')
    const askedAt = this.#now()
    try {
      return await this.#files.open({ operation, path, headers: { authorization: this.#authorization } })
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      const { status, retryAfterMs = LIMIT_WAIT_MS.least } = error.failure
      if (status === 429) this.#budget.observe({ askedAt, refusedForMs: retryAfterMs })
      throw error.as(atsFailures)
    }
  }

  /**
   * Reads a list page by page, for as long as its reader goes on.
   * @throws RetryableError, PermanentError
   * @see lever.md section 2, "Pagination"
   */
  async *list<Row>(request: ListRequest<Row>): AsyncGenerator<Row> {
    const query = new URLSearchParams(request.query)
    query.set('limit', '100')
    for (let page = 1; page <= request.maxPages; page += 1) {
      const { operation, path, schema, sweep } = request
      const ask = (purpose?: Purpose) => this.call({ operation, method: 'GET', path, query, schema }, purpose)
      const { body } = await (sweep ? patiently(() => ask('sweep'), sweep) : ask())
      yield* body.data
      if (body.hasNext !== true || !body.next) return
      query.set('offset', body.next)
    }
  }
}
