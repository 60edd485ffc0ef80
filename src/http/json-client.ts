import type { ZodType } from 'zod'
import { type Breaker, makeBreaker } from './breaker.ts'
import { parseRetryAfter } from './classify.ts'
import { type Answer, type ExchangeDispatcher, type ExchangeTerms, exchange, type Headers } from './exchange.ts'
import { HttpError } from './http-error.ts'

/** Told of every call out once it has ended. */
export type CallObserver = (call: {
  readonly target: string
  readonly operation: string
  /** HTTP status, or the kind of failure where there was none. */
  readonly code: string
  readonly durationMs: number
}) => void

export interface JsonRequest<T> extends Partial<ExchangeTerms> {
  /** Name of the call from a closed list; for metrics. */
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  /** Path below the client's base, beginning with a slash. */
  readonly path: string
  readonly query?: URLSearchParams
  readonly headers?: Readonly<Record<string, string>>
  /** Body: JSON, or a form. */
  readonly json?: unknown
  readonly form?: URLSearchParams
  /** What the answer must hold; an empty body is given to it as undefined. */
  readonly schema: ZodType<T>
}

export interface JsonAnswer<T> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

/** Milliseconds to wait after a 429 without `Retry-After`, from whatever else the system says of its limit. */
export type LimitWait = (headers: Headers, now: number) => number

/** Told of every answer, success or not, as soon as it is there. */
export type AnswerObserver = (answer: {
  readonly status: number
  readonly headers: Headers
  readonly retryAfterMs: number | undefined
  /** When the request was sent, epoch milliseconds. */
  readonly askedAt: number
}) => void

const DEFAULT_TIMEOUT_MS = 15_000

/** How a proxy in between says that a system is being maintained: as good as an answer that cannot be read. */
const temporaryRedirects: ReadonlySet<number> = new Set([302, 303, 307])

function parseJson(text: string): { json?: unknown; isJson: boolean } {
  if (text === '') return { isJson: true }
  try {
    return { json: JSON.parse(text) as unknown, isJson: true }
  } catch {
    return { isJson: false }
  }
}

/**
 * Calls one outside system: one try, no redirects, bounded time and size, answers checked against a schema.
 * Retrying is the queue's business alone.
 */
export class JsonClient {
  readonly #target: string
  readonly #origin: string
  /** What the base's path puts before each call's. */
  readonly #prefix: string
  readonly #dispatcher: ExchangeDispatcher
  readonly #observe: CallObserver
  readonly #limitWait: LimitWait | undefined
  readonly #onAnswer: AnswerObserver | undefined
  readonly #breaker: Breaker
  readonly #now: () => number

  /** @param options.target name of the system, for metrics */
  constructor(options: {
    target: string
    baseUrl: string
    dispatcher: ExchangeDispatcher
    observeCall: CallObserver
    limitWait?: LimitWait
    onAnswer?: AnswerObserver
    now: () => number
    /** For clients that share a system; each has one of its own otherwise. */
    breaker?: Breaker
  }) {
    this.#target = options.target
    const { origin, pathname } = new URL(options.baseUrl)
    this.#origin = origin
    this.#prefix = pathname.replace(/\/+$/, '')
    this.#dispatcher = options.dispatcher
    this.#observe = options.observeCall
    this.#limitWait = options.limitWait
    this.#onAnswer = options.onAnswer
    this.#now = options.now
    this.#breaker = options.breaker ?? makeBreaker()
  }

  /** @throws HttpError no answer, a status other than 2xx, or an answer that does not fit the schema */
  async call<T>(request: JsonRequest<T>): Promise<JsonAnswer<T>> {
    const { operation } = request
    const startedAt = performance.now()
    const ended = (code: string) =>
      this.#observe({ target: this.#target, operation, code, durationMs: performance.now() - startedAt })
    try {
      const answer = await this.#breaker.run(() => this.#send(request))
      ended(String(answer.status))
      return answer
    } catch (error) {
      if (error instanceof HttpError)
        ended(error.failure.kind === 'status' ? String(error.failure.status) : error.failure.kind)
      throw error
    }
  }

  async #send<T>(request: JsonRequest<T>): Promise<JsonAnswer<T>> {
    const askedAt = this.#now()
    const { status, headers, text } = await this.#exchange(request)
    const { json, isJson } = parseJson(text)
    const now = this.#now()
    const retryAfterMs =
      parseRetryAfter(headers['retry-after'], now) ?? (status === 429 ? this.#limitWait?.(headers, now) : undefined)
    this.#onAnswer?.({ status, headers, retryAfterMs, askedAt })
    if (temporaryRedirects.has(status)) throw new HttpError({ kind: 'unreadable', status })
    if (status < 200 || status > 299) {
      throw new HttpError({ kind: 'status', status, retryAfterMs }, { answer: json })
    }
    const parsed = isJson ? request.schema.safeParse(json) : undefined
    if (!parsed?.success) throw new HttpError({ kind: 'unreadable', status })
    return { status, headers, body: parsed.data }
  }

  async #exchange(request: JsonRequest<unknown>): Promise<Answer> {
    const { method, path, query, headers, json, form, beforeSending, timeoutMs = DEFAULT_TIMEOUT_MS } = request
    const type = form ? 'application/x-www-form-urlencoded' : json === undefined ? undefined : 'application/json'
    return await exchange(
      this.#dispatcher,
      {
        origin: this.#origin,
        path: this.#prefix + path + (query?.size ? `?${query}` : ''),
        method,
        headers: { accept: 'application/json', ...(type && { 'content-type': type }), ...headers },
        body: form?.toString() ?? (json === undefined ? null : JSON.stringify(json)),
      },
      { timeoutMs, beforeSending },
    )
  }
}
