import { HttpError, type JsonAnswer, JsonClient, type JsonRequest, type LimitWait } from '../../http/json-client.ts'
import type { AtsTools } from '../adapter.ts'
import { atsFailures } from '../failure-reasons.ts'
import type { GreenhouseSettings } from './settings.ts'
import { AccessToken } from './token.ts'

const API_VERSION = '/v3'
/** The limit's window; `X-RateLimit-Reset` never lies further ahead than this, unless clocks differ. */
const WINDOW_MS = 30_000
const SHORTEST_WAIT_MS = 1_000

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

/** Calls Greenhouse's Harvest API v3 with the connection's token. Paths are given without the version. */
export class HarvestClient {
  readonly #token: AccessToken
  readonly #http: JsonClient

  constructor(settings: GreenhouseSettings, tools: AtsTools) {
    this.#token = new AccessToken(settings, tools)
    this.#http = new JsonClient({
      target: 'greenhouse',
      baseUrl: settings.baseUrl.replace(/\/+$/, '') + API_VERSION,
      dispatcher: tools.dispatcher,
      observeCall: tools.observeCall,
      limitWait: untilReset,
    })
  }

  /**
   * One call; a refused token is replaced and the call repeated, once: a 401 says that nothing was done.
   * @throws RetryableError, PermanentError
   */
  async call<T>(request: JsonRequest<T>): Promise<JsonAnswer<T>> {
    const token = await this.#token.current()
    try {
      return await this.#send(request, token)
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      if (error.failure.status !== 401) throw error.as(atsFailures)
    }
    const other = await this.#token.insteadOf(token)
    try {
      return await this.#send(request, other)
    } catch (error) {
      throw error instanceof HttpError ? error.as(atsFailures) : error
    }
  }

  async #send<T>(request: JsonRequest<T>, token: string): Promise<JsonAnswer<T>> {
    return await this.#http.call({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } })
  }
}
