/**
 * The token endpoint, and what a token allows.
 * @see greenhouse.md section 2.2; errors as in fixture harvest-v3.errors.json
 */
import { randomBytes } from 'node:crypto'
import { type Answer, basicCredentials, type Call, formFields, Refusal } from '../call.ts'
import { FixedWindow } from '../limits.ts'

/** What the bridge's credentials are documented to need; what a credential has unless told otherwise. */
export const documentedScopes: readonly string[] = [
  'harvest:applications:list',
  'harvest:applications:update',
  'harvest:candidates:list',
  'harvest:candidates:update',
  'harvest:notes:create',
  'harvest:notes:list',
  'harvest:attachments:list',
  'harvest:jobs:list',
  'harvest:job_interview_stages:list',
  'harvest:application_stages:list',
  'harvest:custom_fields:list',
]

/** API credentials as an administrator makes them. */
export interface Credential {
  /** Ends in a number. */
  readonly clientId: string
  readonly clientSecret: string
  /** Default: `documentedScopes`. */
  readonly scopes?: readonly string[]
}

/** A user of the account; only site admins may list. */
export interface GreenhouseUser {
  readonly id: number
  readonly siteAdmin: boolean
}

/** The hidden user that acts when a token names nobody. */
export const integrationUser: GreenhouseUser = { id: 4_000_000_002, siteAdmin: true }

interface Token {
  readonly credential: Credential
  readonly user: GreenhouseUser
  readonly expiresAt: number
}

interface TokenSettings {
  readonly tokenLifetimeS: number
  readonly revokePrevious: boolean
}

const TOKENS_PER_MINUTE = 60
const invalidToken = 'Token could not be decoded. Please ensure your token is from a trusted source.'

/** The answer to a call without a good token. */
export const unauthorized: Answer = { status: 401, body: { message: 'Unauthorized', errors: [invalidToken] } }

/** Gives out tokens and knows those that are good. */
export class Tokens {
  readonly #good = new Map<string, Token>()
  readonly #windows = new Map<string, FixedWindow>()
  readonly #credentials: readonly Credential[]
  readonly #users: readonly GreenhouseUser[]
  readonly #settings: TokenSettings
  readonly #now: () => number

  constructor(
    credentials: readonly Credential[],
    users: readonly GreenhouseUser[],
    settings: TokenSettings,
    now: () => number,
  ) {
    this.#credentials = credentials
    this.#users = users
    this.#settings = settings
    this.#now = now
  }

  /** `POST /token`. @throws Refusal */
  issue(call: Call): Answer {
    const { grant_type: grant, sub } = formFields(call) ?? {}
    if (grant === undefined)
      throw new Refusal(400, { message: 'Must include `grant_type` parameter in /token request' })
    if (grant !== 'client_credentials') throw new Refusal(400, { error: 'unsupported_grant_type' })
    const credential = this.#credential(call)
    this.#limit(call, credential)
    const user = sub === undefined ? integrationUser : this.#users.find(({ id }) => String(id) === sub)
    // What the vendor answers to a user it does not know is not documented.
    if (user === undefined) throw new Refusal(400, { error: 'invalid_request', error_description: 'invalid sub' })

    if (this.#settings.revokePrevious) this.#revoke(credential)
    const token = randomBytes(24).toString('base64url')
    const expiresAt = Math.floor(this.#now() / 1000 + this.#settings.tokenLifetimeS) * 1000
    this.#good.set(token, { credential, user, expiresAt })
    const instant = new Date(expiresAt).toISOString().replace('.000Z', 'Z')
    return { status: 200, body: { token_type: 'Bearer', access_token: token, expires_at: instant } }
  }

  /** The token of a call. @throws Refusal 401 */
  check(call: Call): Token {
    const text = /^Bearer (\S+)$/i.exec(String(call.headers['authorization'] ?? ''))?.[1]
    const token = text === undefined ? undefined : this.#good.get(text)
    if (token === undefined || token.expiresAt <= this.#now()) throw new Refusal(401, unauthorized.body)
    return token
  }

  /** Makes every token given out so far worthless. */
  revokeAll(): void {
    this.#good.clear()
  }

  #credential(call: Call): Credential {
    const given = basicCredentials(call)
    if (given === undefined) throw new Refusal(401, { message: 'Unauthorized', errorId: 'err-0000' })
    if (!/\d$/.test(given.user)) {
      const message = `client_id=${given.user} does not contain a valid client ID suffix`
      throw new Refusal(400, { message, errorId: 'err-0000' })
    }
    const found = this.#credentials.find((one) => one.clientId === given.user && one.clientSecret === given.password)
    if (found === undefined) throw new Refusal(401, { error: 'invalid_client' })
    return found
  }

  #limit(call: Call, { clientId }: Credential): void {
    const window = this.#windows.get(clientId) ?? new FixedWindow()
    this.#windows.set(clientId, window)
    const { left, endsAt } = window.take(this.#now(), TOKENS_PER_MINUTE, 60_000)
    setRateHeaders(call, TOKENS_PER_MINUTE, left, endsAt)
    if (left < 0) throw overLimit(endsAt, this.#now())
  }

  #revoke(credential: Credential): void {
    for (const [text, token] of this.#good) if (token.credential === credential) this.#good.delete(text)
  }
}

/** Adds the headers that every v3 answer has. @param resetAt epoch milliseconds */
export function setRateHeaders(call: Call, limit: number, left: number, resetAt: number): void {
  call.answerHeaders['x-ratelimit-limit'] = String(limit)
  call.answerHeaders['x-ratelimit-remaining'] = String(Math.max(left, 0))
  call.answerHeaders['x-ratelimit-reset'] = String(Math.ceil(resetAt / 1000))
}

/** The refusal of a call over the limit; its body is not documented. */
export function overLimit(endsAt: number, now: number): Refusal {
  const retryAfterS = Math.max(1, Math.ceil((endsAt - now) / 1000))
  return new Refusal(429, { message: 'Too Many Requests' }, { 'retry-after': String(retryAfterS) })
}
