/**
 * Sandbox of InterviewFlowAI: one-candidate ingest and read-back.
 * @see interviewflow.md sections 1 and 2, read 2026-11-24
 */
import { z } from 'zod'
import { type Answer, Refusal } from './call.ts'
import { command } from './control-api.ts'
import { createInterview } from './interviewflow/create.ts'
import { InterviewStore, type SandboxInterview, type VendorInterviewer } from './interviewflow/interviews.ts'
import { readBack } from './interviewflow/read-back.ts'
import { type SandboxServer, type ServerOptions, startServer } from './sandbox-server.ts'

const settingsSchema = z.strictObject({
  /** Status of a refusal as duplicate: the vendor does not say which it is. */
  duplicateStatus: z.literal([409, 400, 422]),
  /** Shape of the read-back call's answer; `off` answers 404, `empty` shows no interview at all. */
  readBack: z.enum(['list', 'wrapped', 'off', 'empty']),
  /** Whether read-back items have `interviewLink`. */
  readBackLinks: z.boolean(),
  /** Scheme and host of the links; absent means the sandbox itself, which serves a page there. */
  linkOrigin: z.url().optional(),
})

/** What can be changed while it runs. */
export type VendorSettings = z.infer<typeof settingsSchema>

/** What the sandbox is started with. */
export interface InterviewFlowOptions extends ServerOptions, Partial<VendorSettings> {
  /** Default `sandbox-vendor-key`. */
  readonly apiKey?: string
  /** Default: one public interviewer, `sandboxInterviewer`. */
  readonly interviewers?: readonly VendorInterviewer[]
  /** Names of the account's additional fields. Default `source`, `atsApplicationId`. */
  readonly additionalFields?: readonly string[]
}

/** The interviewer that is there by default. */
export const sandboxInterviewer = '5a4d0c1e-1f2b-4c3d-8e4f-0123456789ab'

/** A running sandbox of the vendor. */
export interface InterviewFlowSandbox extends SandboxServer {
  readonly apiKey: string
  /** Host, with port, that its links have: to be named in `INTERVIEWFLOW_LINK_HOSTS`. */
  linkHost(): string
  configure(settings: Partial<VendorSettings>): void
  /** All interviews, oldest first. */
  interviews(): readonly SandboxInterview[]
  /** Makes an interview by another way than the ingest call, as a person at the vendor's screen would. */
  addInterview(given: { readonly interviewer: string; readonly name: string; readonly email: string }): SandboxInterview
}

const error = (status: number, message: string): Answer => ({ status, body: { code: status, message } })

const newInterview = z.strictObject({ interviewer: z.string(), name: z.string(), email: z.string() })

/** Starts the sandbox on 127.0.0.1. */
export async function startInterviewFlowSandbox(options: InterviewFlowOptions = {}): Promise<InterviewFlowSandbox> {
  const { apiKey = 'sandbox-vendor-key', additionalFields = ['source', 'atsApplicationId'] } = options
  const { duplicateStatus = 409, readBack: shape = 'list', readBackLinks = true, linkOrigin } = options
  const settings: VendorSettings = { duplicateStatus, readBack: shape, readBackLinks, linkOrigin }
  let origin = ''
  const store = new InterviewStore({
    interviewers: options.interviewers ?? [{ id: sandboxInterviewer, isPublic: true }],
    additionalFields,
    now: options.now ?? Date.now,
    linkOrigin: () => settings.linkOrigin ?? origin,
  })
  const configure = (changes: Partial<VendorSettings>) => void Object.assign(settings, changes)

  const server = await startServer(
    {
      operations: [
        {
          name: 'create',
          method: 'POST',
          path: /^\/api\/external\/ingest\/candidate$/,
          writes: true,
          handle: (call) => createInterview(call, store, settings.duplicateStatus),
        },
        {
          name: 'read-back',
          method: 'POST',
          path: /^\/api\/external\/fetch\/candidates$/,
          handle: (call) => readBack(call, store, settings),
        },
        { name: 'candidate-page', method: 'GET', path: /^\/form$/, handle: (call) => candidatePage(call.query, store) },
      ],
      guard: (call, operation) => {
        const isRefused = operation.name !== 'candidate-page' && call.headers['x-api-key'] !== apiKey
        if (isRefused) throw new Refusal(401, error(401, 'Unauthorized').body)
      },
      refusals: {
        unauthorized: () => error(401, 'Unauthorized'),
        rateLimited: () => error(429, 'Too Many Requests'),
        failure: (status) => error(status, 'Internal server error'),
        notFound: () => error(404, 'Not Found'),
      },
      commands: {
        settings: command(settingsSchema.partial(), (changes) => configure(changes as Partial<VendorSettings>)),
        interviews: () => ({ interviews: store.all() }),
        'add-interview': command(newInterview, (given) => store.add(given)),
      },
      reset: () => store.clear(),
    },
    options,
  )
  origin = server.url
  return {
    ...server,
    apiKey,
    linkHost: () => new URL(settings.linkOrigin ?? origin).host,
    configure,
    interviews: () => store.all(),
    addInterview: (given) => store.add(given),
  }
}

/** What a candidate sees who follows a link of the sandbox: proof that it leads somewhere. */
function candidatePage(query: URLSearchParams, store: InterviewStore): Answer {
  const isKnown = store.all().some((interview) => interview.id === query.get('interviewId'))
  const text = isKnown ? 'Your interview would begin here.' : 'There is no such interview.'
  const page = `<!doctype html><title>InterviewFlowAI sandbox</title><h1>InterviewFlowAI sandbox</h1><p>${text}</p>`
  return { status: isKnown ? 200 : 404, headers: { 'content-type': 'text/html' }, body: Buffer.from(page) }
}
