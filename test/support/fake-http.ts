import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A call as the fake received it. */
export interface SeenCall {
  /** Method and path without the query, e.g. `GET /v3/jobs`. */
  readonly line: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface FakeAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Body as JSON, or as text. */
  readonly json?: unknown
  readonly text?: string
}

type Answering = FakeAnswer | ((call: SeenCall) => FakeAnswer)

/**
 * A strict HTTP server on loopback: it knows only the calls it was told to expect, and records all. Every test that
 * uses it ends with `assertDone`, which fails on a call nobody expected and on an expected call that did not come.
 */
export class FakeHttp {
  readonly calls: SeenCall[] = []
  readonly #server: Server
  readonly #expected: { line: string; answer: Answering }[] = []
  readonly #strangers: string[] = []

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<FakeHttp> {
    const server = createServer()
    const fake = new FakeHttp(server)
    server.on('request', (request, response) => void fake.#serve(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return fake
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Expects one call (or several) of this method and path; expectations of one line are met in the order given. */
  expect(line: string, answer: Answering, times = 1): void {
    for (let left = times; left > 0; left -= 1) this.#expected.push({ line, answer })
  }

  seen(line: string): SeenCall[] {
    return this.calls.filter((call) => call.line === line)
  }

  assertDone(): void {
    const missing = this.#expected.map(({ line }) => line)
    if (this.#strangers.length > 0 || missing.length > 0)
      throw new Error(`unexpected: [${this.#strangers.join(', ')}] did not come: [${missing.join(', ')}]`)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { status = 200, headers, json, text } = this.#answer(request, Buffer.concat(chunks).toString('utf8'))
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(text ?? (json === undefined ? '' : JSON.stringify(json)))
  }

  #answer(request: IncomingMessage, body: string): FakeAnswer {
    const url = new URL(request.url ?? '/', this.baseUrl)
    const call = { line: `${request.method} ${url.pathname}`, query: url.searchParams, headers: request.headers, body }
    this.calls.push(call)
    const at = this.#expected.findIndex(({ line }) => line === call.line)
    const [met] = at < 0 ? [] : this.#expected.splice(at, 1)
    if (!met) {
      this.#strangers.push(call.line)
      return { status: 418 }
    }
    return typeof met.answer === 'function' ? met.answer(call) : met.answer
  }
}
