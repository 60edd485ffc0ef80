import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { PassThrough } from 'node:stream'
import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { closeServer } from '../../src/server.ts'

describe('a server that is closed', () => {
  /** A server whose answer goes out as it is written, and a connection to it that stays. */
  const aServer = async () => {
    const app = fastify({ keepAliveTimeout: 600_000 })
    const answer = new PassThrough()
    app.get('/', (_request, reply) => reply.send(answer))
    app.post('/', () => 'never')
    await app.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    return { app, socket, answer }
  }

  it('finishes an answer that is on its way, and does not keep the connection afterwards', async () => {
    const { app, socket, answer } = await aServer()
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    answer.write('the beginning')
    const [head] = (await once(socket, 'data')) as [Buffer]
    const closed = closeServer(app)
    answer.end('the end')
    const [tail] = (await once(socket, 'data')) as [Buffer]
    expect(head.toString()).toContain('HTTP/1.1 200 OK')
    expect(tail.toString()).toContain('the end')
    await closed
  })

  it('does not wait for a request that never ends', async () => {
    const { app, socket } = await aServer()
    const begun = once(app.server, 'request')
    socket.resume().on('error', () => undefined)
    const ended = once(socket, 'close')
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{')
    await begun
    await closeServer(app, 100)
    await ended
  })
})
