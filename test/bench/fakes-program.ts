/**
 * Greenhouse and InterviewFlowAI, as fast as they can be: valid answers, made from the ids asked for. One server, one
 * process.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakesOptions, FakesTally } from './fakes.ts'
import { programArgument, serveCommands } from './program.ts'
import { STAGE } from './webhooks.ts'

const { limit, windowMs = 30_000 } = programArgument<FakesOptions>()
const PLENTY = 1_000_000

const idsOf = (path: string) => (new URL(path, 'http://fake').searchParams.get('ids') ?? '1').split(',').map(Number)
const applicationRow = (id: number) => ({
  ...{ id, candidate_id: id, job_id: 1, job_interview_stage_id: 2, stage_name: STAGE, status: 'in_process' },
  ...{ prospect: false, custom_fields: {} },
})
const candidateRow = (id: number) => ({
  ...{ id, first_name: 'Robin', last_name: 'Sample', preferred_name: null, can_email: true, custom_fields: {} },
  email_addresses: [{ value: `robin.${id}@example.com`, type: 'personal' }],
})
const lists: Readonly<Record<string, (id: number) => object>> = {
  '/v3/applications': applicationRow,
  '/v3/candidates': candidateRow,
  '/v3/jobs': (id) => ({ id, name: 'Designer', status: 'open', custom_fields: {} }),
}

let origin = ''
let creates = 0
let calls = 0
let refused = 0
let notes = new Map<number, { readonly at: number; readonly body: string }>()
let startedAt = 0
let windows = new Map<number, number>()
let gate = Promise.withResolvers<void>()
gate.resolve()
let waiting: { readonly notes: number; resolve(): void } | undefined

/** Takes one call of the limit, in windows that begin on the clock's round times. @returns how many are left */
function take(): number {
  if (limit === undefined) return PLENTY
  const window = Math.floor(Date.now() / windowMs)
  const used = (windows.get(window) ?? 0) + 1
  if (used > limit) return -1
  windows.set(window, used)
  return limit - used
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}

function answerHarvest(method: string | undefined, path: string, body: string, response: ServerResponse): void {
  const left = take()
  const reset = String(Math.ceil((Date.now() + windowMs) / 1000))
  const headers = {
    'x-ratelimit-limit': String(limit ?? PLENTY),
    'x-ratelimit-remaining': String(Math.max(0, left)),
    'x-ratelimit-reset': reset,
  }
  if (left < 0) {
    refused += 1
    const wait = windowMs - (Date.now() % windowMs)
    send(response, 429, {}, { ...headers, 'retry-after': String(Math.ceil(wait / 1000)) })
    return
  }
  calls += 1
  const [pathname = ''] = path.split('?')
  const row = lists[pathname]
  if (row !== undefined) {
    send(response, 200, idsOf(path).map(row), headers)
    return
  }
  if (method === 'GET') {
    // Only the first note of all is looked for. Applications and candidates have the same numbers here.
    const id = Number(new URL(path, origin).searchParams.get('candidate_ids'))
    const note = notes.get(id)
    send(response, 200, note ? [{ application_id: id, body: note.body }] : [], headers)
    return
  }
  const written = JSON.parse(body) as { application_id: number; body: string }
  notes.set(written.application_id, { at: performance.timeOrigin + performance.now(), body: written.body })
  send(response, 201, { id: notes.size }, headers)
  if (waiting && notes.size >= waiting.notes) waiting.resolve()
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/'
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  if (path.startsWith('/v3/')) return answerHarvest(request.method, path, body, response)
  if (path === '/token') {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString()
    return send(response, 200, { token_type: 'Bearer', access_token: 'fake-token', expires_at })
  }
  await gate.promise
  creates += 1
  const id = `interview-${creates}`
  const data = { id, createdAt: new Date().toISOString(), interviewLink: `${origin}/form?interviewId=${id}` }
  send(response, 201, { data, code: 201, message: 'Interview link created successfully' })
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => request.socket.destroy())
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1')
await once(server, 'listening')
origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const tally = (): FakesTally => ({
  ...{ notes: notes.size, creates, calls, refused },
  lastNoteMs: Math.max(0, ...[...notes.values()].map(({ at }) => at)) - startedAt,
  windows: [...windows].map(([number, accepted]) => ({ number, accepted })),
})

serveCommands({
  url: () => origin,
  hold: () => {
    gate.resolve()
    gate = Promise.withResolvers()
  },
  release: () => {
    startedAt = performance.timeOrigin + performance.now()
    gate.resolve()
  },
  reset: () => {
    notes = new Map()
    windows = new Map()
    creates = 0
    calls = 0
    refused = 0
    startedAt = performance.timeOrigin + performance.now()
  },
  async untilNotes(wanted: number): Promise<FakesTally> {
    if (notes.size < wanted) {
      const reached = Promise.withResolvers<void>()
      waiting = { notes: wanted, resolve: reached.resolve }
      await reached.promise
      waiting = undefined
    }
    return tally()
  },
  noteAt: (applicationId: number) => notes.get(applicationId)?.at,
})
