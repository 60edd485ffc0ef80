import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { StoreSettings } from '../../src/config/settings.ts'
import { sandboxInterviewer } from '../../src/sandbox/interviewflow.ts'
import { endWithUs } from '../support/at-exit.ts'
import { end, hasEnded } from '../support/child-processes.ts'
import { freePort } from '../support/free-port.ts'
import { peakMemoryMb } from './harness.ts'
import { STAGE, WEBHOOK_SECRET } from './webhooks.ts'

/** What a process of the bridge is started with. */
export interface BridgeOptions {
  /** The program: `dist/main.js`, or `src/main.ts`. */
  readonly main: string
  /** Folder for what it writes. */
  readonly dir: string
  readonly store: StoreSettings
  readonly fakesUrl: string
  readonly role?: 'all' | 'web' | 'worker'
  /** Further flags of Node: `--cpu-prof`. */
  readonly nodeFlags?: readonly string[]
}

/** The real process, as it runs in production: its log goes to a file. */
export interface BridgeUnderTest {
  readonly url: string
  readonly pid: number
  /** From its start to the first 200 of `/readyz`, milliseconds. */
  readonly startMs: number
  readonly authorization: string
  /** Sum of a metric over its labels. */
  metric(name: string): Promise<number>
  /** Processor time spent so far. */
  cpuSeconds(): Promise<number>
  /** Highest resident memory so far, MB; NaN where the system does not tell. */
  peakMb(): number
  stop(): Promise<void>
}

const ADMIN_PASSWORD = 'bench-admin-password'
const POLL_MS = 5
/** Of the heap, as the image and docker-compose.yml have them: whatever the bridge is held against has them, too. */
export const HEAP_FLAGS = ['--max-semi-space-size=16', '--initial-old-space-size=100', '--max-old-space-size=384']
/** The bridge collects once it has started. */
const OWN_FLAGS = [...HEAP_FLAGS, '--expose-gc']

const document = (fakesUrl: string) => ({
  connections: {
    greenhouse: {
      ...{ ats: 'greenhouse', webhookSecrets: [WEBHOOK_SECRET], clientId: 'bench', clientSecret: 'bench-secret' },
      ...{ baseUrl: fakesUrl, authUrl: fakesUrl },
    },
  },
  routes: [{ connection: 'greenhouse', stage: STAGE, interviewer: sandboxInterviewer }],
})

function storeVariables(store: StoreSettings): Record<string, string> {
  switch (store.kind) {
    case 'redis':
      return { REDIS_URL: store.url, MALLOC_TRIM_THRESHOLD_: '131072' }
    case 'postgres':
      return { DATABASE_URL: store.url }
    case 'embedded':
      return { DATA_DIR: store.dir }
  }
}

/** Starts `bridge serve` and waits until it is ready. @throws Error it ended before, with all it said */
export async function startBridge(options: BridgeOptions): Promise<BridgeUnderTest> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const cwd = mkdtempSync(join(options.dir, 'bridge-'))
  const log = openSync(join(cwd, 'out.log'), 'w')
  const spawnedAt = performance.now()
  const child = spawn(process.execPath, [...OWN_FLAGS, ...(options.nodeFlags ?? []), options.main, 'serve'], {
    cwd,
    stdio: ['ignore', log, log],
    env: {
      ...storeVariables(options.store),
      PORT: String(port),
      HOST: '127.0.0.1',
      ROLE: options.role ?? 'all',
      ADMIN_PASSWORD,
      INTERVIEWFLOW_API_KEY: 'bench-vendor-key',
      INTERVIEWFLOW_BASE_URL: options.fakesUrl,
      INTERVIEWFLOW_LINK_HOSTS: '127.0.0.1',
      BRIDGE_CONFIG_YAML: JSON.stringify(document(options.fakesUrl)),
    },
  })
  endWithUs(child)
  closeSync(log)

  const isReady = async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true
  while (!hasEnded(child) && !(await isReady())) await pause(POLL_MS)
  if (hasEnded(child)) throw new Error(`the bridge ended: ${readFileSync(join(cwd, 'out.log'), 'utf8').slice(-4_000)}`)
  const startMs = performance.now() - spawnedAt

  const authorization = `Basic ${Buffer.from(`admin:${ADMIN_PASSWORD}`).toString('base64')}`
  const metric = async (name: string) => {
    const text = await (await fetch(`${url}/metrics`)).text()
    const lines = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))
    return [...lines].reduce((sum, [, value]) => sum + Number(value), 0)
  }
  return {
    url,
    pid: child.pid ?? 0,
    startMs,
    authorization,
    metric,
    cpuSeconds: async () => await metric('bridge_process_cpu_seconds_total'),
    peakMb: () => peakMemoryMb(child.pid ?? 0) ?? Number.NaN,
    stop: async () => await end(child, 'SIGTERM'),
  }
}
