/**
 * Sandbox of Greenhouse: Harvest v3, its token endpoint, and its webhooks.
 * @see greenhouse.md sections 1 and 2, read 2026-11-24
 */
import { z } from 'zod'
import { type Call, Refusal } from './call.ts'
import { command } from './control-api.ts'
import { GreenhouseAccount } from './greenhouse/account.ts'
import { type CustomField, type NewCandidate, newCandidateSchema, newCustomFieldSchema } from './greenhouse/model.ts'
import { greenhouseOperations } from './greenhouse/operations.ts'
import { applicationPayload, type GreenhousePayload, pingPayload } from './greenhouse/payload.ts'
import { noteRow, type Row } from './greenhouse/records.ts'
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
import { type SendOptions, type Sent, sendWebhook } from './send-webhook.ts'
import { signedGreenhouseWebhook } from './sign.ts'

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
export interface GreenhouseSandbox extends SandboxServer {
  readonly credential: Credential
  readonly webhookSecret: string
  configure(settings: Partial<GreenhouseSettings>): void
  revokeTokens(): void
  /** @throws Error the job has no such stage */
  addCandidate(given: NewCandidate): { candidateId: number; applicationId: number }
  /** @returns the job's id and its stages' ids by name */
  addJob(name: string, stages?: readonly string[]): { jobId: number; stageIds: Readonly<Record<string, number>> }
  addCustomField(field: Pick<CustomField, 'on' | 'key' | 'type'>): void
  /** Moves to a stage of the job. @returns the webhook's body */
  move(applicationId: number, stageName: string): GreenhousePayload
  reject(applicationId: number): GreenhousePayload
  unreject(applicationId: number): GreenhousePayload
  hire(applicationId: number): GreenhousePayload
  anonymise(candidateId: number): GreenhousePayload
  setCanEmail(candidateId: number, canEmail: boolean): void
  /** Notes on an application as the API lists them, oldest first, those still lagging included. */
  notesOf(applicationId: number): readonly Row[]
  /** Value of an application's custom field; null where empty. */
  fieldOf(applicationId: number, key: string): unknown
  candidateFieldOf(candidateId: number, key: string): unknown
  /** The body sent when somebody saves the webhook. */
  ping(endpointUrl: string): GreenhousePayload
  /** Signs and posts a webhook; accepted is exactly 200. */
  sendWebhook(url: string, payload: GreenhousePayload, options?: SendWebhookOptions): Promise<Sent>
}

/** How a webhook is signed and posted. */
export interface SendWebhookOptions extends SendOptions {
  /** Default: the sandbox's. */
  readonly secret?: string
  readonly eventId?: string
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

  function guard(call: Call, operation: { readonly name: string }): void {
    const scope = scopeOf.get(operation.name)
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

  const configure = (changes: Partial<GreenhouseSettings>) => void Object.assign(settings, changes)
  let origin = ''
  const payloadOf = (applicationId: number, action: string) =>
    applicationPayload(account, account.application(applicationId), action, origin)
  const setStatus = (applicationId: number, status: 'active' | 'rejected' | 'hired', action: string) => {
    account.setStatus(applicationId, status)
    return payloadOf(applicationId, action)
  }
  const state = {
    configure,
    revokeTokens: () => tokens.revokeAll(),
    addCandidate: (given: NewCandidate) => account.addCandidate(given),
    addJob: (name: string, stages?: readonly string[]) => {
      const job = account.addJob(name, stages)
      return { jobId: job.id, stageIds: Object.fromEntries(job.stages.map((stage) => [stage.name, stage.id])) }
    },
    addCustomField: ({ on, key, type }: Pick<CustomField, 'on' | 'key' | 'type'>) =>
      account.addCustomField(on, key, type),
    move: (applicationId: number, stageName: string) => {
      account.move(applicationId, stageName)
      return payloadOf(applicationId, 'candidate_stage_change')
    },
    reject: (applicationId: number) => setStatus(applicationId, 'rejected', 'reject_candidate'),
    unreject: (applicationId: number) => setStatus(applicationId, 'active', 'unreject_candidate'),
    hire: (applicationId: number) => setStatus(applicationId, 'hired', 'hire_candidate'),
    anonymise: (candidateId: number) => {
      account.anonymise(candidateId)
      const payload = { candidate_id: candidateId, anonymized_fields: ['full_name', 'emails', 'attachments'] }
      return { action: 'candidate_anonymized', payload }
    },
    setCanEmail: (candidateId: number, canEmail: boolean) => {
      account.candidate(candidateId).canEmail = canEmail
    },
    notesOf: (applicationId: number) =>
      account.notes.filter((note) => note.applicationId === applicationId).map(noteRow),
    fieldOf: (applicationId: number, key: string) => account.application(applicationId).customFields.get(key) ?? null,
    candidateFieldOf: (candidateId: number, key: string) =>
      account.candidate(candidateId).customFields.get(key) ?? null,
    ping: (endpointUrl: string) => pingPayload(endpointUrl, now()),
    sendWebhook: (url: string, payload: GreenhousePayload, given: SendWebhookOptions = {}) => {
      const { secret = webhookSecret, eventId, ...how } = given
      const webhook = signedGreenhouseWebhook(payload, secret, eventId === undefined ? {} : { eventId })
      return sendWebhook(url, webhook, (status) => status === 200, how)
    },
  }
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
      commands: greenhouseCommands(state),
      reset: () => account.clear(),
    },
    options,
  )
  origin = server.url
  return { ...server, ...state, credential: credentials[0] ?? standardCredential, webhookSecret }
}

const oneApplication = z.strictObject({ applicationId: z.number() })

function greenhouseCommands(state: Omit<GreenhouseSandbox, keyof SandboxServer | 'credential' | 'webhookSecret'>) {
  const move = z.strictObject({ applicationId: z.number(), stage: z.string() })
  const anonymise = z.strictObject({ candidateId: z.number() })
  const payload = z.strictObject({ action: z.string(), payload: z.record(z.string(), z.unknown()) })
  const send = z.strictObject({ url: z.url(), webhook: payload, resendAfterMs: z.array(z.number()).optional() })
  return {
    settings: command(settingsSchema.partial(), (given) => state.configure(given as Partial<GreenhouseSettings>)),
    'add-candidate': command(newCandidateSchema, (given) => state.addCandidate(given)),
    'add-custom-field': command(newCustomFieldSchema, (given) => state.addCustomField(given)),
    move: command(move, (given) => state.move(given.applicationId, given.stage)),
    reject: command(oneApplication, (given) => state.reject(given.applicationId)),
    anonymise: command(anonymise, (given) => state.anonymise(given.candidateId)),
    notes: command(oneApplication, (given) => ({ notes: state.notesOf(given.applicationId) })),
    'send-webhook': command(send, ({ url, webhook, resendAfterMs }) =>
      state.sendWebhook(url, webhook, resendAfterMs === undefined ? {} : { resendAfterMs }),
    ),
  }
}
