import pg from 'pg'
import { expect, test } from 'vitest'
import type { StoreSettings } from '../../src/config/settings.ts'
import { SANDBOX_FIELD, SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { startBridgeProcess } from '../support/bridge-process.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { freePort } from '../support/free-port.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { startRedis } from '../support/redis-server.ts'
import { sandboxDocument, sandboxVariables, startSandboxWorld } from '../support/sandbox-world.ts'
import { selfSigned } from '../support/self-signed.ts'
import { until } from '../support/until.ts'

/** What the README says a user of Redis needs: our keys, and no command that looks at or changes the server. */
const USER = 'user bridge on >pass/word ~{bridge}* &* +@all -@admin +info +config|get'

const cleanUp = cleanUpAfterEach()

/** Moves somebody into the stage and waits for the link. @returns what the process has written by then */
async function deliverOver(store: StoreSettings, certificate: string): Promise<string> {
  const sandboxes = await startSandboxWorld()
  cleanUp(() => sandboxes.close())
  const { greenhouse } = sandboxes
  greenhouse.addCustomField({ on: 'application', key: SANDBOX_FIELD, type: 'url' })
  const bridge = await startBridgeProcess({
    variables: {
      ...sandboxVariables(sandboxes, store),
      BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
      NODE_EXTRA_CA_CERTS: certificate,
    },
  })
  cleanUp(() => bridge.kill())
  const { applicationId } = greenhouse.addCandidate({
    ...{ firstName: 'Amara', lastName: 'Quillfeather', email: 'amara@example.com', job: 'Designer' },
  })
  const moved = greenhouse.move(applicationId, SANDBOX_STAGE)
  const sent = await greenhouse.sendWebhook(`${bridge.url}/webhooks/greenhouse`, moved)
  expect(sent.status).toBe(200)
  await until(() => greenhouse.fieldOf(applicationId, SANDBOX_FIELD))
  return bridge.output()
}

test('a link is delivered over a Redis that speaks TLS alone and lets in a user with our keys alone', async () => {
  const { key, certificate, remove } = selfSigned()
  cleanUp(remove)
  const port = await freePort()
  const tls = ['--tls-port', String(port), '--tls-auth-clients', 'no', '--tls-key-file', key]
  const redis = await startRedis({
    config: ['--port', '0', ...tls, '--tls-cert-file', certificate, '--user', ...USER.split(' ').slice(1)],
  })
  cleanUp(() => redis.stop())
  const url = `rediss://bridge:pass%2Fword@localhost:${port}`
  await expect(deliverOver({ kind: 'redis', url }, certificate)).resolves.not.toContain('pass/word')
})

test('a link is delivered over PostgreSQL with TLS on every connection, the queue’s too', async () => {
  const tls = selfSigned()
  cleanUp(tls.remove)
  const postgres = await startPostgres({ tls })
  cleanUp(() => postgres.stop())
  const url = `${postgres.url.replace('127.0.0.1', 'localhost')}?sslmode=verify-full`
  await deliverOver({ kind: 'postgres', url }, tls.certificate)
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  cleanUp(() => client.end())
  const { rows } = await client.query<{ ssl: boolean; count: number }>(
    `SELECT ssl, count(*)::int FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
     WHERE usename = 'bridge' AND pid <> pg_backend_pid() GROUP BY ssl`,
  )
  expect(rows).toEqual([{ ssl: true, count: expect.any(Number) }])
})
