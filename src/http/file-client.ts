import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { type CallFailure, parseRetryAfter } from './classify.ts'
import { HttpError } from './http-error.ts'
import type { CallObserver } from './json-client.ts'

/** Failures before the request left: name look-up, connection, TLS. */
const connectCodes =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/

/** How a call failed that got no answer, as far as its code tells: good enough for a read. */
function failureKind(error: unknown): CallFailure['kind'] {
  const { name, code } = error as { name?: string; code?: string }
  if (name === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout'
  return code !== undefined && connectCodes.test(code) ? 'connect' : 'reset'
}

/** A file on its way. Whoever does not read it to the end destroys the stream. */
export interface Download {
  /** Bytes, as the sender announced them. */
  readonly size: number | undefined
  readonly body: Readable
}

/** For the answer's head, and for each pause within its body. */
const SILENCE_MS = 15_000
const WHOLE_MS = 120_000

/** Fetches files of one outside system: one try, no redirects, nothing kept. */
export class FileClient {
  readonly #target: string
  readonly #base: string
  readonly #dispatcher: Dispatcher
  readonly #observe: CallObserver
  readonly #now: () => number

  /** @param options.target name of the system, for metrics */
  constructor(options: {
    target: string
    baseUrl: string
    dispatcher: Dispatcher
    observeCall: CallObserver
    now: () => number
  }) {
    this.#target = options.target
    this.#base = options.baseUrl.replace(/\/+$/, '')
    this.#dispatcher = options.dispatcher
    this.#observe = options.observeCall
    this.#now = options.now
  }

  /**
   * @param path below the client's base, beginning with a slash
   * @throws HttpError no answer, or a status other than 200
   */
  async open(request: {
    readonly operation: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
  }): Promise<Download> {
    const startedAt = performance.now()
    let code = 'reset'
    try {
      const { statusCode: status, headers, body } = await this.#request(request.path, request.headers)
      code = String(status)
      // Destroying a body that is still to come makes it fail, also where nobody listens any more.
      body.on('error', () => undefined)
      if (status !== 200) {
        body.destroy()
        throw new HttpError({
          kind: 'status',
          status,
          retryAfterMs: parseRetryAfter(headers['retry-after'], this.#now()),
        })
      }
      const size = Number(headers['content-length'] ?? Number.NaN)
      return { size: Number.isNaN(size) ? undefined : size, body }
    } catch (error) {
      if (error instanceof HttpError) {
        if (error.failure.kind !== 'status') code = error.failure.kind
      }
      throw error
    } finally {
      this.#observe({
        target: this.#target,
        operation: request.operation,
        code,
        durationMs: performance.now() - startedAt,
      })
    }
  }

  async #request(path: string, headers: Readonly<Record<string, string>>): Promise<Dispatcher.ResponseData> {
    const url = new URL(this.#base + path)
    try {
      return await this.#dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        headers: { accept: '*/*', ...headers },
        headersTimeout: SILENCE_MS,
        bodyTimeout: SILENCE_MS,
        signal: AbortSignal.timeout(WHOLE_MS),
      })
    } catch (error) {
      throw new HttpError({ kind: failureKind(error) }, { cause: error })
    }
  }
}
