import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { FreshConnections } from '../../../src/http/fresh-connections.ts'
import { JsonClient } from '../../../src/http/json-client.ts'
import { cleanUpAfterEach } from '../../support/clean-up.ts'
import { freePort } from '../../support/free-port.ts'
import { until } from '../../support/until.ts'

const afterwards = cleanUpAfterEach()

function clientOf(port: number, scheme = 'http') {
  const connections = new FreshConnections()
  const baseUrl = `${scheme}://127.0.0.1:${port}`
  const client = new JsonClient({ target: 'test', baseUrl, dispatcher: connections, observeCall() {}, now: Date.now })
  const call = async (timeoutMs = 15_000) =>
    await client.call({ operation: 'read', method: 'GET', path: '/', schema: z.unknown(), timeoutMs })
  return { connections, call }
}

/** A client of a server that keeps every connection open, and the connections it was given. */
async function clientOfKeeper(listener: RequestListener) {
  const sockets: Socket[] = []
  const server = createServer({ keepAliveTimeout: 0 }, listener).on('connection', (socket) => sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterwards(() => server.close())
  afterwards(() => server.closeAllConnections())
  return { ...clientOf((server.address() as AddressInfo).port), sockets }
}

test('each call has a connection of its own', async () => {
  const { call, sockets } = await clientOfKeeper((_request, response) => response.end())
  await call()
  await Promise.all([call(), call()])
  await call()
  expect(sockets).toHaveLength(4)
})

test('closing waits for the call under way', async () => {
  const asked = Promise.withResolvers<() => void>()
  const { connections, call } = await clientOfKeeper((_request, response) => asked.resolve(() => response.end('{}')))
  const ends: string[] = []
  const answered = call().then(() => ends.push('answered'))
  const answer = await asked.promise
  const closed = connections.close().then(() => ends.push('closed'))
  answer()
  await Promise.all([answered, closed])
  expect(ends).toEqual(['answered', 'closed'])
})

test('a call that gets no answer says how, and leaves nothing to wait for', async () => {
  const gone = clientOf(await freePort())
  const cut = await clientOfKeeper((request) => request.socket.destroy())
  const silent = await clientOfKeeper(() => {})
  const stalling = await clientOfKeeper((_request, response) => response.write('{'))
  await expect(gone.call()).rejects.toMatchObject({ failure: { kind: 'connect' } })
  await expect(cut.call()).rejects.toMatchObject({ failure: { kind: 'reset' } })
  await expect(silent.call(50)).rejects.toMatchObject({ failure: { kind: 'timeout' } })
  await expect(stalling.call(50)).rejects.toMatchObject({ failure: { kind: 'timeout' } })
  await Promise.all([gone, cut, silent, stalling].map(({ connections }) => connections.close()))
  await until(() => [...silent.sockets, ...stalling.sockets].every(({ closed }) => closed))
})

test('a call whose connection was cut before it could be sent was surely not sent', async () => {
  const server = createTcpServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterwards(() => server.close())
  const { call } = clientOf((server.address() as AddressInfo).port, 'https')
  await expect(call()).rejects.toMatchObject({ failure: { kind: 'connect' } })
})
