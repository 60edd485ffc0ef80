import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBridge } from '../../app.ts'
import type { Settings } from '../../config/settings.ts'
import { makeLogger } from '../../ops/logger.ts'
import { startGreenhouseSandbox } from '../../sandbox/greenhouse.ts'
import { startInterviewFlowSandbox } from '../../sandbox/interviewflow.ts'
import { startLeverSandbox } from '../../sandbox/lever.ts'
import { SANDBOX_FIELD, type Sandboxes, sandboxRoute, sandboxSettings } from '../../sandbox/settings.ts'

/** An interviewer that the vendor does not know: its route shows what a refusal looks like. */
const UNKNOWN_INTERVIEWER = '00000000-0000-4000-8000-000000000000'
/** The job that leads to it. */
export const REFUSED_JOB = 'Night Watch'

/** What the demo asks of the bridge's admin API. */
export interface Shown {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly interviewLink: string | null
  readonly timeline: readonly { readonly step: string; readonly outcome: string }[]
}

/** The bridge on its embedded store, between three sandboxes. */
export interface DemoWorld extends Sandboxes {
  readonly settings: Settings
  readonly url: string
  hook(connection: string): string
  delivery(id: string): Promise<Shown>
  close(): Promise<void>
}

/** Starts it all on loopback, with the store in a folder of its own that `close` removes. */
export async function startDemoWorld(): Promise<DemoWorld> {
  const [greenhouse, lever, vendor] = await Promise.all([
    startGreenhouseSandbox(),
    startLeverSandbox(),
    startInterviewFlowSandbox(),
  ])
  greenhouse.addCustomField({ on: 'application', key: SANDBOX_FIELD, type: 'url' })
  const dir = await mkdtemp(join(tmpdir(), 'interview-link-bridge-'))
  const base = sandboxSettings({ greenhouse, lever, vendor }, { kind: 'embedded', dir })
  const jobs = ['Designer', 'Engineer', 'Account Manager']
  const settings: Settings = {
    ...base,
    routes: [
      sandboxRoute('greenhouse', { jobs }),
      sandboxRoute('greenhouse', { jobs: [REFUSED_JOB], interviewer: UNKNOWN_INTERVIEWER }),
      sandboxRoute('lever'),
    ],
  }
  const bridge = await startBridge(settings, makeLogger({ level: 'silent' }))
  const credentials = Buffer.from(`admin:${settings.adminPassword}`).toString('base64')

  return {
    greenhouse,
    lever,
    vendor,
    settings,
    url: bridge.url,
    hook: (connection) => `${bridge.url}/webhooks/${connection}`,
    delivery: async (id) => {
      const answer = await fetch(`${bridge.url}/api/deliveries/${id}`, {
        headers: { authorization: `Basic ${credentials}` },
      })
      return (await answer.json()) as Shown
    },
    close: async () => {
      await bridge.stop()
      await Promise.all([greenhouse.close(), lever.close(), vendor.close()])
      await rm(dir, { recursive: true, force: true })
    },
  }
}
