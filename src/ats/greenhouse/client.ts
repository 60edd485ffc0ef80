import type { ZodType } from 'zod'
import type { Budget } from '../../budget/budget.ts'
import type { Purpose } from '../../budget/limit.ts'
import { currentPurpose } from '../../budget/purpose.ts'
import { windowLimit } from '../../budget/window-limit.ts'
import { HttpError } from '../../http/http-error.ts'
import {
  type AnswerObserver,
  type JsonAnswer,
  JsonClient,
  type JsonRequest,
  type LimitWait,
} from '../../http/json-client.ts'
import type { AtsTools } from '../adapter.ts'
import { atsFailures } from '../failure-reasons.ts'
import { patiently } from '../patiently.ts'
import { nextCursor } from './next-cursor.ts'
import type { HarvestOperation } from './operations.ts'
import type { GreenhouseSettings } from './settings.ts'
import { AccessToken } from './token.ts'

const API_VERSION = '/v3'
/** The limit's window; `X-RateLimit-Reset` never lies further ahead than this, unless clocks differ. */
const WINDOW_MS = 30_000
const SHORTEST_WAIT_MS = 1_000
/** The most rows that a list gives on a page. @see greenhouse.md section 2.3 */
const MAX_PER_PAGE = 500

/** Greenhouse's limit; the number it starts from is the smallest seen, until the first answer tells the real one. */
export const greenhouseLimit = windowLimit({ windowMs: WINDOW_MS, assumed: 75 })

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

/**
 * When the limit is refilled, from `X-RateLimit-Reset` (epoch seconds) against the answer's own clock.
 * @see greenhouse.md section 2.6 (vendor's guide "api-rate-limiting", read 2026-11-23)
 */
export const untilReset: LimitWait = (headers, now) => {
  const reset = Number(headerText(headers['x-ratelimit-reset']) || Number.NaN) * 1000
  const theirNow = Date.parse(headerText(headers['date']) ?? '')
  const waitMs = reset - (Number.isNaN(theirNow) ? now : theirNow)
  return Number.isNaN(waitMs) ? WINDOW_MS : Math.min(Math.max(waitMs, SHORTEST_WAIT_MS), WINDOW_MS)
}

/** Tells the budget what an answer says of the limit. */
function learning(budget: Budget): AnswerObserver {
  return ({ status, headers, retryAfterMs, askedAt }) => {
    const limit = Number(headerText(headers['x-ratelimit-limit']) ?? Number.NaN)
    const remaining = Number(headerText(headers['x-ratelimit-remaining']) ?? Number.NaN)
    budget.observe({
      askedAt,
      ...(limit > 0 && { limit }),
      ...(remaining >= 0 && { remaining }),
      ...(status === 429 && { refusedForMs: retryAfterMs ?? WINDOW_MS }),
    })
  }
}

/** A call of the Harvest API. */
export type HarvestRequest<T> = JsonRequest<T> & { readonly operation: HarvestOperation }

/** What a paged list is asked for. */
interface ListRequest<Row> {
  readonly operation: HarvestOperation
  readonly path: string
  /** Filters, and `per_page` where it is not to be the most. */
  readonly query: Readonly<Record<string, string>>
  readonly schema: ZodType<readonly Row[]>
  /** Pages read at most; all of them where it is left out. */
  readonly maxPages?: number
  /** Set for a sweep's list: its calls wait for their share of the limit, until this says stop. */
  readonly sweep?: AbortSignal
}

/** Calls Greenhouse's Harvest API v3 with the connection's token. Paths are given without the version. */
export class HarvestClient {
  readonly #budget: Budget
  readonly #token: AccessToken
  readonly #http: JsonClient

  constructor(settings: GreenhouseSettings, tools: AtsTools) {
    this.#budget = tools.budget
    this.#token = new AccessToken(settings, tools)
    this.#http = new JsonClient({
      target: 'greenhouse',
      baseUrl: settings.baseUrl.replace(/\/+$/, '') + API_VERSION,
      dispatcher: tools.dispatcher,
      observeCall: tools.observeCall,
      now: tools.now,
      limitWait: untilReset,
      onAnswer: learning(tools.budget),
    })
  }

  /**
   * One call, when the budget has room for it; a refused token is replaced and the call repeated, once: a 401 says that nothing was done.
   * @throws RetryableError, PermanentError
   */
  async call<T>(request: HarvestRequest<T>, purpose: Purpose = currentPurpose()): Promise<JsonAnswer<T>> {
    const token = await this.#token.current()
    try {
      return await this.#send(request, token, purpose)
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      if (error.failure.status !== 401) throw error.as(atsFailures)
    }
    const other = await this.#token.insteadOf(token)
    try {
      return await this.#send(request, other, purpose)
    } catch (error) {
      throw error instanceof HttpError ? error.as(atsFailures) : error
    }
  }

  /**
   * Reads a list page by page, for as long as its reader goes on.
   * @throws RetryableError, PermanentError
   * @see greenhouse.md section 2.3
   */
  async *list<Row>({
    query: filters,
    maxPages = Number.POSITIVE_INFINITY,
    ...request
  }: ListRequest<Row>): AsyncGenerator<Row> {
    const { operation, path, schema, sweep } = request
    let query = new URLSearchParams({ per_page: String(MAX_PER_PAGE), ...filters })
    for (let page = 1; page <= maxPages; page += 1) {
      const ask = (purpose?: Purpose) => this.call({ operation, method: 'GET', path, query, schema }, purpose)
      const { body, headers } = await (sweep ? patiently(() => ask('sweep'), sweep) : ask())
      yield* body
      const cursor = nextCursor(headers['link'])
      if (cursor === undefined) return
      // The cursor holds the filters; beside it no other parameter is allowed.
      query = new URLSearchParams({ cursor })
    }
  }

  async #send<T>(request: HarvestRequest<T>, token: string, purpose: Purpose): Promise<JsonAnswer<T>> {
    await this.#budget.take(purpose)
    return await this.#http.call({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } })
  }
}
