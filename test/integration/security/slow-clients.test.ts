import { describe, expect, test } from 'vitest'
import { openRaw, rawStatus } from '../../support/raw-http.ts'
import { useWorld } from '../../support/use-world.ts'

const DRIP_MS = 500
const KIB = 1024

describe('clients that take their time, or say too much', () => {
  const world = useWorld()

  /** Sends one more byte now and then, for as long as the other side listens. */
  const drip = async (first: string) => {
    const { socket, closed } = await openRaw(world.bridge.url, first)
    const timer = setInterval(() => socket.write('x'), DRIP_MS)
    return await closed.finally(() => clearInterval(timer))
  }
  const head = (...lines: string[]) => [...lines, '', ''].join('\r\n')
  const post = 'POST /webhooks/greenhouse HTTP/1.1'

  test('are cut off, whether they drip headers, drip a body, or say nothing at all', async () => {
    const body = head(post, 'Host: a', 'Content-Type: application/json', 'Content-Length: 100000')
    const chunked = head(post, 'Host: a', 'Content-Type: application/json', 'Transfer-Encoding: chunked')
    const answers = await Promise.all([
      drip(`${post}\r\nHost: a\r\nX-Slow: `),
      drip(body),
      openRaw(world.bridge.url, chunked).then(({ closed }) => closed),
      openRaw(world.bridge.url, `${post}\r\nHost: a\r\n`).then(({ closed }) => closed),
    ])
    expect(answers.map((answer) => answer.split('\r\n')[0])).toEqual(answers.map(() => 'HTTP/1.1 408 Request Timeout'))
  })

  test('get 431 for headers of more than 16 KiB', async () => {
    const headers = head(post, 'Host: a', `X-Large: ${'x'.repeat(16 * KIB)}`)
    expect(await rawStatus(world.bridge.url, headers)).toBe(431)
  })

  test('get 413 for a body of more than 1 MiB, announced or not', async () => {
    const typed = [post, 'Host: a', 'Content-Type: application/json', 'Connection: close']
    const announced = head(...typed, `Content-Length: ${1024 * KIB + 1}`)
    const chunk = 'x'.repeat(64 * KIB)
    const chunks = Array.from({ length: 17 }, () => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
    const unannounced = `${head(...typed, 'Transfer-Encoding: chunked')}${chunks}0\r\n\r\n`
    expect(await rawStatus(world.bridge.url, announced)).toBe(413)
    expect(await rawStatus(world.bridge.url, unannounced)).toBe(413)
  })

  test('get 400 for what could be read as two requests', async () => {
    const twice = head(post, 'Host: a', 'Content-Length: 5', 'Transfer-Encoding: chunked', 'Connection: close')
    expect(await rawStatus(world.bridge.url, `${twice}0\r\n\r\n`)).toBe(400)
  })
})
