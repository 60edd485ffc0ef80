import { type CallFailure, classify, type FailureReasons, failureClass } from './classify.ts'

/** A call that did not succeed. Carries no request, so that no header or body of ours can reach a log with it. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly failure: CallFailure
  readonly #answer: unknown

  constructor(failure: CallFailure, options: { answer?: unknown; cause?: unknown } = {}) {
    super(failure.status === undefined ? failure.kind : `${failure.kind} ${failure.status}`, { cause: options.cause })
    this.failure = failure
    this.#answer = options.answer
  }

  /** The refusal's JSON body, if it had one. May hold personal data: to be looked at, never kept. */
  answer(): unknown {
    return this.#answer
  }

  /** The same failure as a domain error, in the words of the system that failed. */
  as(reasons: FailureReasons): ReturnType<typeof classify> {
    return classify(this.failure, reasons, this)
  }

  /** Whether the system as a whole seems to be away, rather than this request refused. */
  get isUnavailable(): boolean {
    return failureClass(this.failure) === 'unavailable'
  }
}
