import { isDeepStrictEqual } from 'node:util'
import type { Dispatcher } from 'undici'
import { isStorable } from '../domain/delivery.ts'
import { InterviewExistsError, PermanentError } from '../domain/errors.ts'
import type { Interview, InterviewRequest, InterviewSearch, InterviewVendor } from '../domain/interview.ts'
import { makeBreaker } from '../http/breaker.ts'
import type { FailureReasons } from '../http/classify.ts'
import type { ExchangeDispatcher } from '../http/exchange.ts'
import { HttpError } from '../http/http-error.ts'
import { type CallObserver, JsonClient } from '../http/json-client.ts'
import { makeLinkTrust } from './link-host.ts'
import { createdAnswer, type FoundInterview, type FoundPage, foundAnswer, refusalMeaning } from './schema.ts'

const reasons: FailureReasons = {
  unavailable: 'vendor-unavailable',
  rateLimited: 'vendor-rate-limited',
  refusingKey: 'vendor-refusing-key',
  forbidden: 'vendor-refused',
  refused: 'vendor-refused',
}

/** Longer than the vendor's slowest answer: a call cut off early has an unknown outcome. */
const CREATE_TIMEOUT_MS = 60_000
const PAGE_SIZE = 100
const MAX_PAGES = 50

export interface RestVendorOptions {
  readonly apiKey: string
  readonly baseUrl: string
  readonly linkHosts: readonly string[]
  readonly dispatcher: Dispatcher
  /**
   * For the create call alone: opens a fresh connection each time, since a kept one that the far side has just closed
   * fails after the request was written, which leaves the outcome unknown.
   */
  readonly createDispatcher: ExchangeDispatcher
  readonly observeCall: CallObserver
  readonly now: () => number
}

/** Every call of the line, in words for metrics. */
export const vendorOperations = ['create', 'read-back'] as const

/** InterviewFlowAI over its REST API. @see interviewflow.md sections 1 and 2 */
export class RestVendor implements InterviewVendor {
  readonly #isTrustedLink: (link: string) => boolean
  readonly #now: () => number
  readonly #creating: JsonClient
  readonly #reading: JsonClient
  readonly #headers: Readonly<Record<string, string>>

  constructor(options: RestVendorOptions) {
    const { baseUrl, observeCall, dispatcher, createDispatcher, now } = options
    this.#isTrustedLink = makeLinkTrust(options)
    this.#now = now
    this.#headers = { 'x-api-key': options.apiKey }
    const shared = { target: 'interviewflow', baseUrl, observeCall, breaker: makeBreaker(), now }
    this.#creating = new JsonClient({ ...shared, dispatcher: createDispatcher })
    this.#reading = new JsonClient({ ...shared, dispatcher })
  }

  async create({ interviewer, ...candidate }: InterviewRequest, beforeSending: () => void): Promise<Interview> {
    try {
      const { body } = await this.#creating.call({
        beforeSending,
        operation: 'create',
        method: 'POST',
        path: '/api/external/ingest/candidate',
        headers: this.#headers,
        json: { ...candidate, jobId: interviewer },
        schema: createdAnswer,
        timeoutMs: CREATE_TIMEOUT_MS,
      })
      return this.#trusted(body.data.id, body.data.interviewLink, body.data.createdAt)
    } catch (error) {
      throw error instanceof HttpError ? createFailure(error) : error
    }
  }

  /** Reads until there is no more: a short page may be the last, or the vendor gives fewer a page than we ask for. */
  async find(search: InterviewSearch): Promise<Interview | undefined> {
    let last: FoundPage['items'] | undefined
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { items, interviews } = await this.#fetchPage(search, page)
      const match = interviews.find((interview) => interview.email.trim().toLowerCase() === search.email)
      if (match) return this.#known(match, search.linkPattern)
      // The same page again: it does not turn pages.
      if (items.length === 0 || isDeepStrictEqual(items, last)) return undefined
      last = items
    }
    return undefined
  }

  async #fetchPage(search: InterviewSearch, page: number): Promise<FoundPage> {
    const filter = search.field && { [search.field.name]: search.field.value }
    try {
      const { body } = await this.#reading.call({
        operation: 'read-back',
        method: 'POST',
        path: '/api/external/fetch/candidates',
        headers: this.#headers,
        json: { interviewerId: search.interviewer, page, limit: PAGE_SIZE, ...filter },
        schema: foundAnswer,
      })
      return body
    } catch (error) {
      throw error instanceof HttpError ? error.as(reasons) : error
    }
  }

  #known(found: FoundInterview, linkPattern: string | undefined): Interview | undefined {
    const link = found.interviewLink ?? linkPattern?.replace('{id}', encodeURIComponent(usable(found.id)))
    return link === undefined ? undefined : this.#trusted(found.id, link, found.createdAt)
  }

  #trusted(interviewId: string, link: string, createdAt: string | undefined): Interview {
    if (!this.#isTrustedLink(link)) throw new PermanentError('vendor-answer-unusable')
    const created = Date.parse(createdAt ?? '')
    return {
      interviewId: usable(interviewId),
      link: usable(link),
      createdAt: Number.isNaN(created) ? this.#now() : created,
    }
  }
}

/** The text, if a store takes it: what cannot be kept would be tried to be kept for ever. @throws PermanentError */
function usable(text: string): string {
  if (!isStorable(text)) throw new PermanentError('vendor-answer-unusable')
  return text
}

function createFailure(error: HttpError): Error {
  const { kind, status } = error.failure
  if (kind === 'status' && (status === 400 || status === 404 || status === 409 || status === 422)) {
    const meaning = refusalMeaning(status, error.answer())
    if (meaning === 'exists') return new InterviewExistsError('exists', { cause: error })
    if (meaning === 'interviewer-not-found') return new PermanentError(meaning, { status, cause: error })
  }
  return error.as(reasons)
}
