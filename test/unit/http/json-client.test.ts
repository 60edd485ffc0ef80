import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { Agent } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { outcomeOf } from '../../../src/http/classify.ts'
import { HttpError } from '../../../src/http/http-error.ts'
import { JsonClient } from '../../../src/http/json-client.ts'

type ClientOptions = ConstructorParameters<typeof JsonClient>[0]

const servers: Server[] = []
const dispatcher = new Agent({ connect: { timeout: 500 } })

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => new Promise((done) => server.closeAllConnections() ?? server.close(done))),
  )
})

/** Starts a server. @returns where it listens */
async function addressOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await new Promise((listening) => server.once('listening', listening))
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

async function serve(listener: RequestListener, options: Partial<ClientOptions> = {}): Promise<JsonClient> {
  const baseUrl = `${await addressOf(listener)}/base/`
  return new JsonClient({ target: 'test', baseUrl, dispatcher, observeCall: () => {}, now: Date.now, ...options })
}

const call = (client: JsonClient, options: { timeoutMs?: number; headers?: Record<string, string> } = {}) =>
  client.call({ operation: 'read', method: 'GET', path: '/things', schema: z.object({ id: z.number() }), ...options })

async function failureOf(promise: Promise<unknown>): Promise<HttpError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HttpError)
  return error as HttpError
}

describe('the JSON client', () => {
  test('joins base and path and gives what the schema takes', async () => {
    const client = await serve((request, response) =>
      response.end(JSON.stringify({ id: 1, url: request.url, more: true })),
    )
    expect((await call(client)).body).toEqual({ id: 1 })
  })

  test('takes an answer that is not JSON, or not as described, for unreadable and its outcome for unknown', async () => {
    const html = await serve((_request, response) => response.end('<html>'))
    const strange = await serve((_request, response) => response.end('{"id":"one"}'))
    for (const client of [html, strange]) {
      const error = await failureOf(call(client))
      expect(error.failure).toMatchObject({ kind: 'unreadable', status: 200 })
      expect(outcomeOf(error.failure)).toBe('unknown')
    }
  })

  test('does not follow a redirect, and takes one for the time being for no answer', async () => {
    const paths: (string | undefined)[] = []
    const client = await serve((request, response) => {
      paths.push(request.url)
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    expect((await failureOf(call(client))).failure).toEqual({ kind: 'unreadable', status: 302 })
    expect(paths).toEqual(['/base/things'])
  })

  test('takes a redirect for good for a refusal', async () => {
    const client = await serve((_request, response) => response.writeHead(301, { location: '/elsewhere' }).end())
    expect((await failureOf(call(client))).failure).toMatchObject({ kind: 'status', status: 301 })
  })

  test('tells a silent server from one that is not there', async () => {
    const silent = await serve(() => {})
    expect((await failureOf(call(silent, { timeoutMs: 50 }))).failure.kind).toBe('timeout')
    const gone = new JsonClient({
      target: 'test',
      baseUrl: 'http://127.0.0.1:1',
      dispatcher,
      observeCall: () => {},
      now: Date.now,
    })
    const error = await failureOf(call(gone))
    expect(error.failure.kind).toBe('connect')
    expect(outcomeOf(error.failure)).toBe('not-done')
  })

  test('takes a connection closed without an answer for an unknown outcome', async () => {
    const client = await serve((request) => request.socket.destroy())
    const error = await failureOf(call(client))
    expect(error.failure.kind).toBe('reset')
    expect(outcomeOf(error.failure)).toBe('unknown')
  })

  test('tells an answer that stalls from one that breaks off', async () => {
    const stalling = await serve((_request, response) => response.write('{"id":'))
    expect((await failureOf(call(stalling, { timeoutMs: 50 }))).failure.kind).toBe('timeout')
    const broken = await serve((_request, response) => {
      response.write('{"id":', () => response.socket?.destroy())
    })
    expect((await failureOf(call(broken))).failure.kind).toBe('reset')
  })

  describe('with something to ask before it sends', () => {
    const lost = new Error('no longer ours')
    const asked = { operation: 'write', method: 'POST', path: '/notes', json: {}, schema: z.unknown() } as const

    test('asks when the request has got the connection that it waited for, and then sends nothing', async () => {
      const one = new Agent({ connections: 1 })
      const arrived: (string | undefined)[] = []
      const first = Promise.withResolvers<() => void>()
      const client = await serve(
        (request, response) => {
          arrived.push(request.url)
          const answer = () => void response.end('{"id":1}')
          if (arrived.length === 1) first.resolve(answer)
          else answer()
        },
        { dispatcher: one },
      )
      const earlier = call(client)
      const answerFirst = await first.promise
      let isOurs = true
      const beforeSending = () => {
        if (!isOurs) throw lost
      }
      const waiting = client.call({ ...asked, beforeSending })
      isOurs = false
      answerFirst()
      await expect(waiting).rejects.toBe(lost)
      await earlier
      isOurs = true
      await client.call({ ...asked, beforeSending })
      expect(arrived).toEqual(['/base/things', '/base/notes'])
      await one.close()
    })

    test('counts nothing that was not sent', async () => {
      const codes: string[] = []
      const client = await serve((_request, response) => response.end(), {
        observeCall: ({ code }) => codes.push(code),
      })
      const beforeSending = () => {
        throw lost
      }
      await expect(client.call({ ...asked, beforeSending })).rejects.toBe(lost)
      await client.call(asked)
      expect(codes).toEqual(['200'])
    })
  })

  test('fails in time while it waits for a connection, and is not sent once there is one', async () => {
    const one = new Agent({ connections: 1 })
    const arrived: (string | undefined)[] = []
    const first = Promise.withResolvers<() => void>()
    const client = await serve(
      (request, response) => {
        arrived.push(request.headers['x-tag']?.toString())
        const answer = () => void response.end('{"id":1}')
        if (arrived.length === 1) first.resolve(answer)
        else answer()
      },
      { dispatcher: one },
    )
    const earlier = call(client, { headers: { 'x-tag': 'first' } })
    const answerFirst = await first.promise
    const waiting = await failureOf(call(client, { headers: { 'x-tag': 'late' }, timeoutMs: 50 }))
    expect(waiting.failure.kind).toBe('connect')
    const next = call(client, { headers: { 'x-tag': 'next' } })
    answerFirst()
    await Promise.all([earlier, next])
    expect(arrived).toEqual(['first', 'next'])
    await one.close()
  })

  test('takes the answer, and not what was said on the way to it', async () => {
    const client = await serve((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.writeHead(200, { tag: 'answer' }).end('{"id":1}')
    })
    expect(await call(client)).toMatchObject({ status: 200, headers: { tag: 'answer' } })
  })

  test('gives up on an answer without end', async () => {
    const client = await serve((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 0x20)
      const pump = () => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', pump)
      }
      pump()
    })
    expect((await failureOf(call(client))).failure.kind).toBe('reset')
  })

  test('keeps header values, request and answer out of what its errors print', async () => {
    const client = await serve((_request, response) => response.writeHead(422).end('{"message":"Jane Doe is unknown"}'))
    const error = await failureOf(call(client, { headers: { authorization: 'Bearer canary-secret' } }))
    const printed = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)
    expect(printed).not.toContain('canary-secret')
    expect(printed).not.toContain('Jane Doe')
    expect(error.answer()).toEqual({ message: 'Jane Doe is unknown' })
  })
})
