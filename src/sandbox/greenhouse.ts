/**
 * Sandbox of Greenhouse: Harvest v3, its token endpoint, and its webhooks.
 * @see greenhouse.md sections 1 and 2, read 2026-11-24
 */
import { z } from 'zod'
import { type Call, Refusal } from './call.ts'
import { command } from './control-api.ts'
import { GreenhouseAccount } from './greenhouse/account.ts'
import { greenhouseOperations } from './greenhouse/operations.ts'
import { type GreenhouseState, greenhouseCommands, greenhouseState } from './greenhouse/state.ts'
import {
  type Credential,
  documentedScopes,
  type GreenhouseUser,
  integrationUser,
  overLimit,
  setRateHeaders,
  Tokens,
  unauthorized,
} from './greenhouse/tokens.ts'
import { FixedWindow } from './limits.ts'
import { type SandboxServer, type ServerOptions, startServer } from './sandbox-server.ts'

const settingsSchema = z.strictObject({
  /** How long new tokens are good, seconds. */
  tokenLifetimeS: z.number().min(0),
  /** Whether a new token makes the client's earlier ones worthless. */
  revokePrevious: z.boolean(),
  /** Calls to `/v3` per credential and window. */
  rateLimit: z.int().min(0),
  rateWindowMs: z.int().min(1),
  /** Milliseconds for which a new note is missing from lists. */
  noteLagMs: z.number().min(0),
})

/** What can be changed while it runs. */
export type GreenhouseSettings = z.infer<typeof settingsSchema>

const standardSettings: GreenhouseSettings = {
  tokenLifetimeS: 3600,
  revokePrevious: false,
  rateLimit: 150,
  rateWindowMs: 30_000,
  noteLagMs: 0,
}

/** What the sandbox is started with. */
export interface GreenhouseOptions extends ServerOptions {
  readonly settings?: Partial<GreenhouseSettings>
  /** Default: one with all documented scopes. */
  readonly credentials?: readonly Credential[]
  /** Default: a site admin 4080 and an ordinary user 4081. */
  readonly users?: readonly GreenhouseUser[]
  /** Default `sandbox-webhook-secret`. */
  readonly webhookSecret?: string
}

/** A running sandbox of Greenhouse. Its `url` serves as `baseUrl` and `authUrl` alike. */
export interface GreenhouseSandbox extends SandboxServer, GreenhouseState {
  readonly credential: Credential
  readonly webhookSecret: string
  configure(settings: Partial<GreenhouseSettings>): void
  /** Makes every token given out so far worthless. */
  revokeTokens(): void
}

const standardCredential: Credential = { clientId: 'sandbox-client-4001', clientSecret: 'sandbox-client-secret' }
const standardUsers: readonly GreenhouseUser[] = [
  { id: 4080, siteAdmin: true },
  { id: 4081, siteAdmin: false },
]

/** Starts the sandbox on 127.0.0.1. */
export async function startGreenhouseSandbox(options: GreenhouseOptions = {}): Promise<GreenhouseSandbox> {
  const { now = Date.now, webhookSecret = 'sandbox-webhook-secret', users = standardUsers } = options
  const credentials = options.credentials ?? [standardCredential]
  const settings = { ...standardSettings, ...options.settings }
  const account = new GreenhouseAccount(now)
  const tokens = new Tokens(credentials, users, settings, now)
  const lists = { now, noteLagMs: () => settings.noteLagMs }
  const operations = greenhouseOperations(account, tokens, [...users, integrationUser], lists)
  const scopeOf = new Map(operations.map(({ name, scope }) => [name, scope]))
  const windows = new Map<Credential, FixedWindow>()

  function guard(call: Call, { name }: { readonly name: string }): void {
    const scope = scopeOf.get(name)
    if (scope === undefined) return
    const { credential, user } = tokens.check(call)
    const window = windows.get(credential) ?? new FixedWindow()
    windows.set(credential, window)
    const { left, endsAt } = window.take(now(), settings.rateLimit, settings.rateWindowMs)
    // The vendor's Reset always says a whole window from now, which overstates.
    setRateHeaders(call, settings.rateLimit, left, now() + settings.rateWindowMs)
    if (left < 0) throw overLimit(endsAt, now())
    const isAllowed = (credential.scopes ?? documentedScopes).includes(scope)
    if (!isAllowed || (scope.endsWith(':list') && !user.siteAdmin)) throw new Refusal(403, { message: 'Forbidden' })
  }

  let origin = ''
  const state = greenhouseState(account, webhookSecret, () => origin)
  const configure = (changes: Partial<GreenhouseSettings>) => void Object.assign(settings, changes)
  const server = await startServer(
    {
      operations,
      guard,
      refusals: {
        unauthorized: () => unauthorized,
        rateLimited: () => ({ status: 429, body: { message: 'Too Many Requests' } }),
        failure: (status) => ({ status, body: { message: 'Internal Server Error' } }),
        notFound: () => ({ status: 404, body: { message: 'Resource not found' } }),
      },
      commands: {
        ...greenhouseCommands(state),
        settings: command(settingsSchema.partial(), (given) => configure(given as Partial<GreenhouseSettings>)),
      },
      reset: () => account.clear(),
    },
    options,
  )
  origin = server.url
  const revokeTokens = () => tokens.revokeAll()
  return {
    ...server,
    ...state,
    credential: credentials[0] ?? standardCredential,
    webhookSecret,
    configure,
    revokeTokens,
  }
}
