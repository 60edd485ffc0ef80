import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { FreshConnections } from '../../src/http/fresh-connections.ts'
import { JsonClient } from '../../src/http/json-client.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { selfSigned } from '../support/self-signed.ts'

const afterwards = cleanUpAfterEach()

test('each call has an HTTP/1.1 connection of its own also where the far side would take them all on one', async () => {
  const { key, certificate, remove } = selfSigned()
  afterwards(remove)
  const known = getCACertificates()
  const cert = readFileSync(certificate, 'utf8')
  setDefaultCACertificates([...known, cert])
  afterwards(() => setDefaultCACertificates(known))
  let connections = 0
  const versions: string[] = []
  const server = createSecureServer({ key: readFileSync(key), cert, allowHTTP1: true }, (request, response) => {
    versions.push(request.httpVersion)
    response.end('{}')
  })
  server.on('secureConnection', () => {
    connections += 1
  })
  server.listen(0)
  await once(server, 'listening')
  afterwards(() => server.close())
  const dispatcher = new FreshConnections()
  afterwards(() => dispatcher.close())
  const client = new JsonClient({
    target: 'test',
    baseUrl: `https://localhost:${(server.address() as AddressInfo).port}`,
    dispatcher,
    observeCall: () => undefined,
    now: Date.now,
  })
  const call = { operation: 'write', method: 'POST', path: '/', json: {}, schema: z.unknown() } as const
  await client.call(call)
  await client.call(call)
  expect(connections).toBe(2)
  expect(versions).toEqual(['1.1', '1.1'])
})
