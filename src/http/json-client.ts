import type { Dispatcher } from 'undici'
import type { ZodType } from 'zod'
import { type Breaker, makeBreaker } from './breaker.ts'
import { type CallFailure, parseRetryAfter } from './classify.ts'
import { HttpError } from './http-error.ts'

/** Header names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Told of every call out once it has ended. */
export type CallObserver = (call: {
  readonly target: string
  readonly operation: string
  /** HTTP status, or the kind of failure where there was none. */
  readonly code: string
  readonly durationMs: number
}) => void

export interface JsonRequest<T> {
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
  readonly timeoutMs?: number
  /**
   * Asked when the request is about to be written on a connection, whatever it has waited for until then. What it throws
   * is thrown, and nothing is written.
   */
  readonly beforeSending?: () => void
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
const MAX_ANSWER_BYTES = 8 * 1024 * 1024

/** How a proxy in between says that a system is being maintained: as good as an answer that cannot be read. */
const temporaryRedirects: ReadonlySet<number> = new Set([302, 303, 307])

/** Failures before the request left: name look-up, connection, TLS. */
const connectCodes =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/

/** How a call failed that got no answer. */
export function failureKind(error: unknown): CallFailure['kind'] {
  const { name, code } = error as { name?: string; code?: string }
  if (name === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout'
  return code !== undefined && connectCodes.test(code) ? 'connect' : 'reset'
}

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
  readonly #base: string
  readonly #dispatcher: Dispatcher
  readonly #observe: CallObserver
  readonly #limitWait: LimitWait | undefined
  readonly #onAnswer: AnswerObserver | undefined
  readonly #breaker: Breaker
  readonly #now: () => number

  /** @param options.target name of the system, for metrics */
  constructor(options: {
    target: string
    baseUrl: string
    dispatcher: Dispatcher
    observeCall: CallObserver
    limitWait?: LimitWait
    onAnswer?: AnswerObserver
    now: () => number
    /** For clients that share a system; each has one of its own otherwise. */
    breaker?: Breaker
  }) {
    this.#target = options.target
    this.#base = options.baseUrl.replace(/\/+$/, '')
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

  async #exchange(request: JsonRequest<unknown>): Promise<{ status: number; headers: Headers; text: string }> {
    const { method, path, query, json, form, beforeSending, timeoutMs = DEFAULT_TIMEOUT_MS } = request
    const dispatcher = beforeSending ? this.#dispatcher.compose(asking(beforeSending)) : this.#dispatcher
    const url = new URL(this.#base + path + (query === undefined ? '' : `?${query}`))
    const type = form ? 'application/x-www-form-urlencoded' : json === undefined ? undefined : 'application/json'
    try {
      return await inTime(timeoutMs, async (signal) => {
        const { statusCode, headers, body } = await dispatcher.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          headers: {
            accept: 'application/json',
            ...(type && { 'content-type': type }),
            ...request.headers,
          },
          body: form?.toString() ?? (json === undefined ? null : JSON.stringify(json)),
          signal,
        })
        return { status: statusCode, headers, text: await readText(body) }
      })
    } catch (error) {
      if (error instanceof NotSentError) throw error.cause
      throw new HttpError({ kind: failureKind(error) }, { cause: error })
    }
  }
}

/** Nothing was written; the cause says why. */
class NotSentError extends Error {}

/**
 * A process that was frozen while the request waited for a connection finds the connection before it finds that its time
 * is up: whatever it was sure of has to be asked for here.
 */
function asking(beforeSending: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const start = handler.onRequestStart?.bind(handler)
    handler.onRequestStart = (...given) => {
      try {
        beforeSending()
      } catch (cause) {
        throw new NotSentError('not sent', { cause })
      }
      start?.(...given)
    }
    return dispatch(options, handler)
  }
}

/** By events: an iterator of the stream costs more than the rest of the reading. */
async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  let size = 0
  body.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) body.destroy(new Error('answer too large'))
    chunks.push(chunk)
  })
  body.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  body.on('error', reject)
  return await promise
}

/** Bounds work's time. A signal of `AbortSignal.timeout` would live on until then, also where the work has long ended. */
async function inTime<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new DOMException('no answer in time', 'TimeoutError')), ms)
  try {
    return await work(late.signal)
  } finally {
    clearTimeout(timer)
  }
}
