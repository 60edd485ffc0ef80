/**
 * Sandbox of Lever: the Data API v1 and its webhooks.
 * @see lever.md sections 1 to 4, read 2026-11-24
 */
import { z } from 'zod'
import { command } from './control-api.ts'
import { LeverAccount } from './lever/account.ts'
import { Keys, type LeverKey } from './lever/keys.ts'
import { leverOperations } from './lever/operations.ts'
import { leverError } from './lever/refusals.ts'
import { type LeverState, leverCommands, leverState } from './lever/state.ts'
import { type SandboxServer, type ServerOptions, startServer } from './sandbox-server.ts'

const settingsSchema = z.strictObject({
  /** Absent: no limit. Lever's own figures: 10 calls a second, bursts of 20. */
  rateLimit: z
    .strictObject({ perSecond: z.number(), burst: z.int().min(1), retryAfterS: z.int().optional() })
    .optional(),
  /** Milliseconds for which a new note is missing from lists. */
  noteLagMs: z.number().min(0),
})

/** What can be changed while it runs. */
export type LeverSettings = z.infer<typeof settingsSchema>

/** What the sandbox is started with. */
export interface LeverOptions extends ServerOptions {
  readonly settings?: Partial<LeverSettings>
  /** Default: one with all that the bridge needs, without access to confidential data. */
  readonly keys?: readonly LeverKey[]
  /** Default: 48 hexadecimal characters, always the same. */
  readonly signingToken?: string
}

/** A running sandbox of Lever. Its `url` serves as `baseUrl`. */
export interface LeverSandbox extends SandboxServer, LeverState {
  readonly apiKey: string
  readonly signingToken: string
  /** E-mail address of the account's user, for `performAs`. */
  readonly userEmail: string
  configure(settings: Partial<LeverSettings>): void
}

const standardKey: LeverKey = { key: 'sandbox-lever-key' }
const standardSigningToken = '0123456789abcdef'.repeat(3)

/** Starts the sandbox on 127.0.0.1. */
export async function startLeverSandbox(options: LeverOptions = {}): Promise<LeverSandbox> {
  const { now = Date.now, keys = [standardKey], signingToken = standardSigningToken } = options
  const settings: LeverSettings = { noteLagMs: 0, ...options.settings }
  const account = new LeverAccount(now)
  const access = new Keys(keys, () => settings.rateLimit, now)
  const operations = leverOperations(account, {
    seesConfidential: (call) => access.keyOf(call).seesConfidential ?? false,
    isListed: (note) => settings.noteLagMs === 0 || note.createdAt + settings.noteLagMs <= now(),
  })
  const permissionOf = new Map(operations.map(({ name, permission }) => [name, permission]))
  const state = leverState(account, signingToken)
  const configure = (changes: Partial<LeverSettings>) => void Object.assign(settings, changes)

  const server = await startServer(
    {
      operations,
      guard: (call, { name }) => {
        const permission = permissionOf.get(name)
        if (permission !== undefined) access.check(call, permission)
      },
      refusals: {
        unauthorized: () => leverError(401, 'The request requires authentication.'),
        rateLimited: () => leverError(429, 'Too many requests'),
        failure: (status) => leverError(status, 'Internal server error'),
        notFound: (path) => leverError(404, `${path} does not exist`),
      },
      commands: {
        ...leverCommands(state),
        settings: command(settingsSchema.partial(), (given) => configure(given as Partial<LeverSettings>)),
      },
      reset: () => account.clear(),
    },
    options,
  )
  const identity = { apiKey: keys[0]?.key ?? '', userEmail: account.users[0]?.email ?? '' }
  return { ...server, ...state, ...identity, signingToken, configure }
}
