/**
 * The HTTP skeleton of the sandbox servers: finds the operation, applies faults, commits, then answers, and records.
 * @see reliability.md section 5, harness: "commit, then answer"
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, bodyOf, type Call, type Operation, type RecordedCall, Refusal } from './call.ts'
import { type Commands, controlAnswer } from './control-api.ts'
import { type Fault, Faults, seededRandom } from './faults.ts'
import { insteadOfCall, insteadOfReply, type Refusals } from './faulty-answers.ts'

/** Options that all sandboxes share. */
export interface ServerOptions {
  /** Default 0: any free one. */
  readonly port?: number
  /** Epoch milliseconds. */
  readonly now?: () => number
  /** Seed of the generator from which faults with a probability are drawn. */
  readonly seed?: number
}

/** What makes one server a sandbox of a certain system. */
export interface Definition {
  readonly operations: readonly Operation[]
  /** Checks credentials, permissions and limits. @throws Refusal */
  guard(call: Call, operation: Operation): void
  readonly refusals: Refusals
  /** Control API: commands by name, beside those that every sandbox has. */
  readonly commands: Commands
  /** Forgets people and what was written on them. */
  reset(): void
}

/** What every sandbox offers to tests and the demo. */
export interface SandboxServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** Every call so far, oldest first, those of the control API left out. */
  readonly calls: readonly RecordedCall[]
  /** Calls for which the outside system has no path or method. */
  unexpected(): readonly RecordedCall[]
  fault(fault: Fault): void
  clearFaults(): void
  /** Forgets people, calls and faults. Credentials and settings stay. */
  reset(): void
  close(): Promise<void>
}

const DRIP_EVERY_MS = 500

type Recorded = { -readonly [Key in keyof RecordedCall]: RecordedCall[Key] }

/** Starts a sandbox on 127.0.0.1. */
export async function startServer(definition: Definition, options: ServerOptions = {}): Promise<SandboxServer> {
  const now = options.now ?? Date.now
  const faults = new Faults(seededRandom(options.seed ?? 1), now)
  const calls: Recorded[] = []
  const closing = new AbortController()
  const sandbox: Omit<SandboxServer, 'url' | 'close'> = {
    calls,
    unexpected: () => calls.filter((call) => call.operation === 'unexpected'),
    fault: (fault) => faults.set(fault),
    clearFaults: () => faults.clear(),
    reset: () => {
      calls.length = 0
      faults.clear()
      definition.reset()
    },
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    const { pathname, searchParams } = new URL(path, 'http://sandbox')
    const method = request.method ?? 'GET'
    const body = await readBody(request)
    const control = await controlAnswer({ method, pathname, body }, sandbox, definition.commands)
    if (control !== undefined) return send(response, control)

    const operation = definition.operations.find((one) => one.method === method && one.path.test(pathname))
    const name = operation?.name ?? 'unexpected'
    const hit = faults.hit(name)
    const headerNames = Object.keys(request.headers)
    const recorded: Recorded = { at: now(), method, path, headerNames, operation: name, committed: false }
    const requestBody = bodyOf({ headers: request.headers, body })
    if (requestBody !== undefined) recorded.requestBody = requestBody
    if (hit.fault !== undefined) recorded.fault = hit.fault.kind
    calls.push(recorded)

    if (hit.beforeMs > 0) await wait(hit.beforeMs, undefined, { signal: closing.signal })
    const call: Call = {
      method,
      path,
      query: searchParams,
      headers: request.headers,
      body,
      params: operation?.path.exec(pathname)?.slice(1) ?? [],
      origin: `http://${request.headers.host}`,
      fault: hit.fault,
      answerHeaders: {},
    }
    const spoilt = insteadOfCall(hit.fault, definition.refusals)
    const answer = spoilt ?? commit(call, operation, recorded, definition)
    if (spoilt === undefined && hit.afterMs > 0) await wait(hit.afterMs, undefined, { signal: closing.signal })
    const reply = spoilt ?? insteadOfReply(hit.fault, definition.refusals) ?? answer
    if (reply === 'hang') return
    if (reply === 'drip') return void (await drip(response, closing.signal))
    if (reply === 'drop') return void request.socket.destroy()
    recorded.status = reply.status
    send(response, reply, call.answerHeaders)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  })
  // Longer than any client keeps an idle connection: a race at closing would look like a fault nobody set.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const close = () =>
    new Promise<void>((resolve) => {
      closing.abort()
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { ...sandbox, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

function commit(call: Call, operation: Operation | undefined, recorded: Recorded, definition: Definition): Answer {
  if (operation === undefined) return definition.refusals.notFound(new URL(call.path, call.origin).pathname)
  try {
    definition.guard(call, operation)
    const answer = operation.handle(call)
    recorded.committed = operation.writes === true && answer.status < 300
    return answer
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    throw error
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Sends a byte now and then, until the caller has enough of it. */
async function drip(response: ServerResponse, closing: AbortSignal): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' })
  while (!response.destroyed) {
    response.write(' ')
    await wait(DRIP_EVERY_MS, undefined, { signal: closing })
  }
}

function send(response: ServerResponse, answer: Answer, common: Readonly<Record<string, string>> = {}): void {
  const { status, body, headers = {} } = answer
  const bytes = Buffer.isBuffer(body) || body === undefined ? body : Buffer.from(JSON.stringify(body))
  const type = bytes === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }
  const size = bytes === undefined ? {} : { 'content-length': String(bytes.length) }
  response.writeHead(status, { ...type, ...size, ...common, ...headers }).end(bytes)
}
