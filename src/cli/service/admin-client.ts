import { explainFailure } from '../../doctor/explain-failure.ts'
import type { ShownStep } from './timeline-words.ts'

/** Longer than the service takes before it says that it takes too long. */
const PATIENCE_MS = 20_000

/** Where the admin API is, and what it asks for. */
export interface Admin {
  /** The service, without a slash at the end. */
  readonly url: string
  readonly password: string
}

/** A delivery as the admin API shows it, as far as it is told here. */
export interface ShownDelivery {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly interviewLink: string | null
  readonly nextAttemptAt: string | null
  readonly timeline: readonly ShownStep[]
}

/** Why the admin API did not do what it was asked, as a sentence. */
export class AdminRefusedError extends Error {
  override readonly name = 'AdminRefusedError'
  /** Whether it was refused for what it is about; anything else may be asked yet. */
  readonly isAboutSubject: boolean

  constructor(message: string, options: ErrorOptions & { readonly isAboutSubject?: boolean } = {}) {
    super(message, options)
    this.isAboutSubject = options.isAboutSubject ?? false
  }
}

/**
 * Asks the admin API, posting if there is something to post.
 * @throws AdminRefusedError
 */
export async function askAdmin<Answer>({ url, password }: Admin, path: string, order?: object): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`
  const post = order && {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(order),
  }
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const response = await fetch(url + path, { headers: { authorization }, ...post, redirect: 'manual', signal }).catch(
    (error: unknown) => {
      throw new AdminRefusedError(unreached(error), { cause: error })
    },
  )
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.status === 200 && answer !== undefined) return answer as Answer
  throw refusal(response.status, answer)
}

/** @throws AdminRefusedError */
export async function fetchDelivery(admin: Admin, id: string): Promise<ShownDelivery> {
  return await askAdmin<ShownDelivery>(admin, `/api/deliveries/${encodeURIComponent(id)}`)
}

function unreached(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `The service has not answered within ${PATIENCE_MS / 1000} s. Try again in a moment.`
  return `The service cannot be reached: ${explainFailure(error)}. Start it, or give its address by --url.`
}

function refusal(status: number, answer: unknown): AdminRefusedError {
  const message = (answer as { error?: { message?: string } } | undefined)?.error?.message
  if (status === 401)
    return new AdminRefusedError(
      'The service has another ADMIN_PASSWORD than the one here: restart it, or correct .env.',
    )
  if (message !== undefined) return new AdminRefusedError(message, { isAboutSubject: status === 404 || status === 409 })
  if (status === 404) return new AdminRefusedError('The service has no admin API: start it with ADMIN_PASSWORD set.')
  return new AdminRefusedError(
    `What answers there is not the bridge’s admin API (status ${status}). Give its address by --url.`,
  )
}
