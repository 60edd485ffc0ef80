import type { Dispatcher } from 'undici'
import { HttpError } from './http-error.ts'

export type Outgoing = Dispatcher.DispatchOptions & { readonly origin: string }

/** Sends a request over one of its connections, and tells the exchange what becomes of it. */
export interface ExchangeDispatcher {
  dispatch(request: Outgoing, exchange: Exchange): void
}

/** Header names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export interface ExchangeTerms {
  /** For everything from now to the answer's end, the wait for a connection too. */
  readonly timeoutMs: number
  /**
   * Asked when the request is about to be written on a connection, whatever it has waited for until then. What it throws
   * is thrown, and nothing is written.
   */
  readonly beforeSending?: (() => void) | undefined
}

const MAX_ANSWER_BYTES = 8 * 1024 * 1024

/**
 * Sends one request and reads its answer whole, in bounded time and size.
 * @throws what `beforeSending` throws
 * @throws HttpError no answer
 */
export async function exchange(
  dispatcher: ExchangeDispatcher,
  request: Outgoing,
  { timeoutMs, beforeSending }: ExchangeTerms,
): Promise<Answer> {
  const one = new Exchange(beforeSending)
  const timer = setTimeout(() => one.giveUp(), timeoutMs)
  try {
    dispatcher.dispatch(request, one)
    return await one.answer
  } finally {
    clearTimeout(timer)
  }
}

/** One request on its way, by undici's own events: its `request` makes a stream and an abort signal of them, at a price. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #answer = Promise.withResolvers<Answer>()
  readonly #beforeSending: (() => void) | undefined
  #late: Error | undefined
  /** Absent while it waits for a connection: until then nothing has left. */
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: Headers = {}
  readonly #chunks: Buffer[] = []
  #size = 0

  constructor(beforeSending?: () => void) {
    this.#beforeSending = beforeSending
  }

  get answer(): Promise<Answer> {
    return this.#answer.promise
  }

  /**
   * A process that was frozen while the request waited for a connection finds the connection before it finds that its
   * time is up: whatever it was sure of has to be asked for here. What is thrown here ends the request, unwritten.
   */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#late) throw this.#late
    try {
      this.#beforeSending?.()
    } catch (error) {
      this.#answer.reject(error)
      throw error
    }
    this.#controller = controller
  }

  /** Told of answers on the way (1xx) too; the last one counts. */
  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > MAX_ANSWER_BYTES) controller.abort(new Error('answer too large'))
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const text = Buffer.concat(this.#chunks).toString('utf8')
    this.#answer.resolve({ status: this.#status, headers: this.#headers, text })
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    this.#fail(cause)
  }

  /** Ends it because its time is up. */
  giveUp(): void {
    this.#late = new DOMException('no answer in time', 'TimeoutError')
    if (this.#controller) this.#controller.abort(this.#late)
    else this.#fail(this.#late)
  }

  /** Goes by whether it had a connection, not by codes: on its way a request can lose its host as well. */
  #fail(cause: Error): void {
    const onItsWay = this.#late ? 'timeout' : 'reset'
    this.#answer.reject(new HttpError({ kind: this.#controller ? onItsWay : 'connect' }, { cause }))
  }
}
