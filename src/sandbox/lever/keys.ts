/**
 * Lever's API keys: permissions, access to confidential data, and the limit of each key.
 * @see lever.md section 2 "API key", "Scopes", "Rate limit"
 */
import { basicCredentials, type Call, Refusal } from '../call.ts'
import { TokenBucket } from '../limits.ts'
import type { PermittedOperation } from './operations.ts'
import { leverError, leverRefusal } from './refusals.ts'

/** What a key is documented to need for this service; what it has unless told otherwise. */
const documentedPermissions: readonly string[] = [
  'opportunities:write:admin',
  'notes:write:admin',
  'resumes:read:admin',
  'postings:read:admin',
  'applications:read:admin',
  'contact:read:admin',
  'stages:read:admin',
  'users:read:admin',
  'webhooks:write:admin',
]

/** What `expand` shows needs its own permission here; whether Lever asks for it is not documented. */
const permissionToExpand: Readonly<Record<string, PermittedOperation['permission']>> = {
  applications: 'applications:read:admin',
  contact: 'contact:read:admin',
  stage: 'stages:read:admin',
}

/** An API key as an administrator makes it; it cannot be changed later. */
export interface LeverKey {
  readonly key: string
  /** e.g. `notes:write:admin`; default: all that the bridge needs. */
  readonly permissions?: readonly string[]
  /** Default false. */
  readonly seesConfidential?: boolean
}

/** Limit of a key: a bucket of `burst` calls that gains `perSecond`. */
export interface LeverRateLimit {
  readonly perSecond: number
  readonly burst: number
  /** Seconds in `Retry-After`; Lever documents no such header, so by default there is none. */
  readonly retryAfterS?: number | undefined
}

/** Knows the keys and what each may do. */
export class Keys {
  readonly #keys: readonly LeverKey[]
  readonly #rateLimit: () => LeverRateLimit | undefined
  readonly #now: () => number
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(keys: readonly LeverKey[], rateLimit: () => LeverRateLimit | undefined, now: () => number) {
    this.#keys = keys
    this.#rateLimit = rateLimit
    this.#now = now
  }

  /** @throws Refusal 401 */
  keyOf(call: Call): LeverKey {
    const given = basicCredentials(call)
    const key = given?.password === '' ? this.#keys.find((one) => one.key === given.user) : undefined
    if (key === undefined) throw leverRefusal(401, 'The request requires authentication.')
    return key
  }

  /** @throws Refusal 401, 403, 429 */
  check(call: Call, permission: PermittedOperation['permission']): void {
    const { key, permissions = documentedPermissions } = this.keyOf(call)
    this.#limit(key)
    const expanded = call.query.getAll('expand').flatMap((field) => permissionToExpand[field] ?? [])
    const isGiven = (one: string) => permissions.includes(one) || permissions.includes(one.replace(':read:', ':write:'))
    if (![permission, ...expanded].every(isGiven)) throw leverRefusal(403, 'The key is not permitted to do this.')
  }

  #limit(key: string): void {
    const limit = this.#rateLimit()
    if (limit === undefined) return
    const bucket = this.#buckets.get(key) ?? new TokenBucket()
    this.#buckets.set(key, bucket)
    if (bucket.take(this.#now(), limit.perSecond, limit.burst)) return
    const headers = limit.retryAfterS === undefined ? {} : { 'retry-after': String(limit.retryAfterS) }
    throw new Refusal(429, leverError(429, 'Too many requests').body, headers)
  }
}
