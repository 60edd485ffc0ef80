import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { GreenhouseSandbox } from '../../../src/sandbox/greenhouse.ts'

export interface Got {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely
  readonly body: any
}

/** One HTTP call; JSON in and, where it is that, JSON out. */
export async function call(
  url: string,
  options: { method?: string; headers?: Record<string, string>; json?: unknown; form?: Record<string, string> } = {},
): Promise<Got> {
  const { json, form, headers = {} } = options
  const method = options.method ?? (json === undefined && form === undefined ? 'GET' : 'POST')
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  const body = form === undefined ? JSON.stringify(json) : new URLSearchParams(form)
  const response = await fetch(url, {
    method,
    headers: { ...type, ...headers },
    ...((json !== undefined || form !== undefined) && { body }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text ? JSON.parse(text) : undefined,
  }
}

export const basic = (user: string, password = ''): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

/** Calls a Greenhouse sandbox with a fresh token. */
export async function harvest(sandbox: GreenhouseSandbox, sub?: string) {
  const { clientId, clientSecret } = sandbox.credential
  const form = { grant_type: 'client_credentials', ...(sub !== undefined && { sub }) }
  const token = await call(`${sandbox.url}/token`, { headers: basic(clientId, clientSecret), form })
  const headers = { authorization: `Bearer ${token.body.access_token}` }
  return (path: string, options: Parameters<typeof call>[1] = {}) =>
    call(path.startsWith('http') ? path : `${sandbox.url}/v3${path}`, { ...options, headers })
}

/** A receiver of webhooks that answers with the given statuses in turn, the last one for ever. */
export async function receiver(...statuses: readonly number[]) {
  const received: { headers: Record<string, unknown>; body: Buffer }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks) })
      const status = statuses[received.length - 1] ?? statuses.at(-1) ?? 200
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('{"status":"queued"}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/x`
  return { url, received, close: () => server.closeAllConnections() ?? server.close() }
}
