import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SANDBOX_FIELD, SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { requireBinary } from '../support/binaries.ts'
import { startBridgeProcess } from '../support/bridge-process.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { startRedis } from '../support/redis-server.ts'
import { sandboxDocument, sandboxVariables, startSandboxWorld } from '../support/sandbox-world.ts'
import { freePort } from '../support/server-process.ts'
import { until } from '../support/until.ts'

/** What the README says a user of Redis needs: our keys, and no command that looks at or changes the server. */
const USER = 'user bridge on >pass/word ~{bridge}* &* +@all -@admin +info +config|get'

const cleanUp = cleanUpAfterEach()

/** A certificate for 127.0.0.1 that vouches for itself. */
function selfSigned(): { key: string; certificate: string } {
  const dir = mkdtempSync(join(tmpdir(), 'bridge-tls-'))
  cleanUp(() => rmSync(dir, { recursive: true, force: true }))
  const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')]
  const subject = ['-subj', '/CN=redis.example.com', '-addext', 'subjectAltName=DNS:localhost']
  const files = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', key, '-out', certificate]
  execFileSync(requireBinary('openssl'), ['req', '-x509', '-nodes', '-days', '2', ...files, ...subject], {
    stdio: 'ignore',
  })
  return { key, certificate }
}

test('a link is delivered over a Redis that speaks TLS alone and lets in a user with our keys alone', async () => {
  const { key, certificate } = selfSigned()
  const port = await freePort()
  const tls = ['--tls-port', String(port), '--tls-auth-clients', 'no', '--tls-key-file', key]
  const redis = await startRedis({
    config: ['--port', '0', ...tls, '--tls-cert-file', certificate, '--user', ...USER.split(' ').slice(1)],
  })
  cleanUp(() => redis.stop())
  const sandboxes = await startSandboxWorld()
  cleanUp(() => sandboxes.close())
  const bridge = await startBridgeProcess({
    variables: {
      ...sandboxVariables(sandboxes, { kind: 'redis', url: `rediss://bridge:pass%2Fword@localhost:${port}` }),
      BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
      NODE_EXTRA_CA_CERTS: certificate,
    },
  })
  cleanUp(() => bridge.kill())

  const { greenhouse } = sandboxes
  greenhouse.addCustomField({ on: 'application', key: SANDBOX_FIELD, type: 'url' })
  const { applicationId } = greenhouse.addCandidate({
    ...{ firstName: 'Amara', lastName: 'Quillfeather', email: 'amara@example.com', job: 'Designer' },
  })
  const sent = await greenhouse.sendWebhook(
    `${bridge.url}/webhooks/greenhouse`,
    greenhouse.move(applicationId, SANDBOX_STAGE),
  )
  expect(sent.status).toBe(200)
  await until(() => greenhouse.fieldOf(applicationId, SANDBOX_FIELD))
  expect(bridge.output()).not.toContain('pass/word')
})
