import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

/** What a chat server takes: text, and nothing it would show differently from one product to the next. */
const messageSchema = z.strictObject({ text: z.string().min(1).max(4_000) })
const PATH = '/services/T0000/B0000'
const TOKEN = 'canary-of-the-alert-address'

/** A chat server's address for messages, on loopback. */
export interface AlertReceiver {
  /** With a secret in it. */
  readonly url: string
  readonly secret: string
  /** Texts it has taken. */
  readonly texts: readonly string[]
  /** Requests that came, whatever they were answered. */
  readonly asked: number
  /** What was not as a chat server wants it. */
  readonly faults: readonly string[]
  /** What it does from now on: takes messages, answers a status, or never answers. */
  behave(how: 'takes' | 'hangs' | number): void
  close(): Promise<void>
}

export async function startAlertReceiver(): Promise<AlertReceiver> {
  const texts: string[] = []
  const faults: string[] = []
  let how: 'takes' | 'hangs' | number = 'takes'
  let asked = 0

  const take = async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk as string
    asked += 1
    if (how === 'hangs') return
    if (typeof how === 'number') return void response.writeHead(how, { location: '/elsewhere' }).end('no_service')
    const fault = faultOf(request, body)
    if (fault !== undefined) {
      faults.push(fault)
      return void response.writeHead(400).end('invalid_payload')
    }
    texts.push(messageSchema.parse(JSON.parse(body)).text)
    response.writeHead(200, { 'content-type': 'text/html' }).end('ok')
  }
  const server = createServer((request, response) => void take(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}/${TOKEN}`,
    secret: TOKEN,
    texts,
    faults,
    get asked() {
      return asked
    },
    behave: (next) => {
      how = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function faultOf({ method, url, headers }: IncomingMessage, body: string): string | undefined {
  if (method !== 'POST' || url !== `${PATH}/${TOKEN}`) return `${method} ${url}`
  if (headers['content-type'] !== 'application/json') return `content type ${headers['content-type']}`
  if (headers['traceparent'] !== undefined) return 'a traceparent'
  try {
    const { error } = messageSchema.safeParse(JSON.parse(body))
    return error?.message
  } catch {
    return 'not JSON'
  }
}
