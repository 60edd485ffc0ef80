import { createHash } from 'node:crypto'
import { z } from 'zod'
import { RetryableError } from '../../domain/errors.ts'
import { HttpError } from '../../http/http-error.ts'
import { JsonClient } from '../../http/json-client.ts'
import { makeSeal, type Seal } from '../../seal/seal.ts'
import type { AtsTools } from '../adapter.ts'
import { readJson } from '../bounded-json.ts'
import { atsFailures } from '../failure-reasons.ts'
import { tokenAnswer } from './schema.ts'
import type { GreenhouseSettings } from './settings.ts'

const ASSUMED_LIFE_MS = 3_600_000
const SHORTEST_LIFE_MS = 60_000
/** A token is renewed this long before its end, or at half its life if that comes later. */
const RENEW_BEFORE_MS = 300_000
/** How long a token that could not be renewed, but is still good, is used before the next try. */
const RENEW_AGAIN_MS = 30_000

const heldToken = z.object({ value: z.string().min(1), renewAt: z.number(), expiresAt: z.number() })
type HeldToken = z.output<typeof heldToken>

/**
 * The access token of one connection, shared by all replicas through the store: a new token is said to end the one
 * before it, so replicas that each had their own would keep ending each other's.
 * @see greenhouse.md section 2.2 (vendor's guide "authentication", read 2026-11-23)
 */
export class AccessToken {
  readonly #settings: GreenhouseSettings
  readonly #tools: AtsTools
  readonly #http: JsonClient
  readonly #seal: Seal
  readonly #cacheName: string
  #held: HeldToken | undefined
  #refused: string | undefined
  #obtaining: Promise<HeldToken> | undefined

  constructor(settings: GreenhouseSettings, tools: AtsTools) {
    this.#settings = settings
    this.#tools = tools
    this.#http = new JsonClient({
      target: 'greenhouse-auth',
      baseUrl: settings.authUrl,
      dispatcher: tools.dispatcher,
      observeCall: tools.observeCall,
      now: tools.now,
    })
    this.#seal = makeSeal([settings.clientSecret], 'greenhouse access token')
    const whose = [settings.authUrl, settings.clientId, String(settings.userId ?? '')]
    const digest = createHash('sha256').update(JSON.stringify(whose)).digest('hex').slice(0, 16)
    this.#cacheName = `greenhouse-token:${tools.connection}:${digest}`
  }

  /** The token to use now. @throws RetryableError, PermanentError */
  async current(): Promise<string> {
    const held = this.#held
    if (held && held.renewAt > this.#tools.now()) return held.value
    try {
      return (await this.#obtain()).value
    } catch (error) {
      if (!held || this.#held !== held || held.expiresAt <= this.#tools.now()) throw error
      this.#held = { ...held, renewAt: Math.min(this.#tools.now() + RENEW_AGAIN_MS, held.expiresAt) }
      return held.value
    }
  }

  /** The token to use after the API refused one before its time. @throws RetryableError, PermanentError */
  async insteadOf(refused: string): Promise<string> {
    if (this.#held && this.#held.value !== refused) return await this.current()
    this.#held = undefined
    this.#refused = refused
    return (await this.#obtain()).value
  }

  async #obtain(): Promise<HeldToken> {
    this.#obtaining ??= this.#findOrRequest().finally(() => {
      this.#obtaining = undefined
    })
    return await this.#obtaining
  }

  async #findOrRequest(): Promise<HeldToken> {
    const { cache, now } = this.#tools
    const shared = this.#read(await cache.get(this.#cacheName))
    if (shared && shared.renewAt > now() && shared.value !== this.#refused) {
      this.#held = shared
      return shared
    }
    const fresh = await this.#request()
    this.#held = fresh
    const sealed = this.#seal.close(JSON.stringify(fresh), this.#cacheName)
    await cache.set(this.#cacheName, sealed, fresh.expiresAt - now()).catch(() => {
      // The token is good all the same; other replicas will ask for one of their own.
      this.#tools.log.warn({ connection: this.#tools.connection }, 'access token could not be shared')
    })
    return fresh
  }

  /** What the store holds may be from another secret, or of another version: then it is not there. */
  #read(sealed: string | undefined): HeldToken | undefined {
    const text = sealed === undefined ? undefined : this.#seal.open(sealed, this.#cacheName)
    const content = readJson(Buffer.from(text ?? ''))
    return content.kind === 'json' ? heldToken.safeParse(content.json).data : undefined
  }

  async #request(): Promise<HeldToken> {
    const { clientId, clientSecret, userId } = this.#settings
    const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    const form = new URLSearchParams({ grant_type: 'client_credentials' })
    if (userId !== undefined) form.set('sub', String(userId))
    try {
      const { body } = await this.#http.call({
        operation: 'token',
        method: 'POST',
        path: '/token',
        headers: { authorization: `Basic ${credentials}` },
        form,
        schema: tokenAnswer,
      })
      return this.#hold(body)
    } catch (error) {
      throw error instanceof HttpError ? refusal(error) : error
    }
  }

  #hold({ access_token: value, expires_at: at, expires_in: seconds }: z.output<typeof tokenAnswer>): HeldToken {
    const now = this.#tools.now()
    const told = at ? Date.parse(at) - now : (seconds ?? Number.NaN) * 1000
    const lifeMs = Number.isNaN(told) ? ASSUMED_LIFE_MS : Math.max(told, SHORTEST_LIFE_MS)
    return { value, renewAt: now + Math.max(lifeMs - RENEW_BEFORE_MS, lifeMs / 2), expiresAt: now + lifeMs }
  }
}

/** Without a token the call it was for never left: whatever that was, it was not done. */
function refusal(error: HttpError): Error {
  const { status, retryAfterMs } = error.failure
  if (status === 400 || status === 401) return new RetryableError('ats-refusing-key', { status, cause: error })
  const failed = error.as(atsFailures)
  if (!(failed instanceof RetryableError)) return failed
  return new RetryableError(failed.reason, { status, retryAfterMs, cause: error, isAttempt: failed.isAttempt })
}
