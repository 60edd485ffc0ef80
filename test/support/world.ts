import { pino } from 'pino'
import { type Bridge, type Overrides, startBridge } from '../../src/app.ts'
import type { Settings, StoreSettings } from '../../src/config/settings.ts'
import { type GreenhouseSandbox, startGreenhouseSandbox } from '../../src/sandbox/greenhouse.ts'
import { type InterviewFlowSandbox, startInterviewFlowSandbox } from '../../src/sandbox/interviewflow.ts'
import { type LeverSandbox, startLeverSandbox } from '../../src/sandbox/lever.ts'
import { SANDBOX_FIELD, sandboxSettings } from '../../src/sandbox/settings.ts'
import { type AdminClient, adminClient } from './admin-client.ts'

/** The three outside systems, and a bridge between them. */
export interface World {
  readonly greenhouse: GreenhouseSandbox
  readonly lever: LeverSandbox
  readonly vendor: InterviewFlowSandbox
  readonly settings: Settings
  readonly bridge: Bridge
  readonly api: AdminClient
  /** Log lines of the bridge so far. */
  readonly logged: readonly string[]
  /** Another process's worth of bridge on the same store. */
  startReplica(differences?: Partial<Settings>): Promise<Bridge>
  /** Address for an ATS's webhooks. */
  hook(connection: string): string
  close(): Promise<void>
}

/** What differs from the standard world. */
export interface WorldOptions {
  readonly settings?: Partial<Settings>
  readonly overrides?: Overrides
  readonly sandboxNow?: () => number
}

/** Starts sandboxes and a bridge in this process; everything is closed by `close`. */
export async function startWorld(store: StoreSettings, options: WorldOptions = {}): Promise<World> {
  const clock = options.sandboxNow && { now: options.sandboxNow }
  const [greenhouse, lever, vendor] = await Promise.all([
    startGreenhouseSandbox(clock),
    startLeverSandbox(clock),
    startInterviewFlowSandbox(clock),
  ])
  greenhouse.addCustomField({ on: 'application', key: SANDBOX_FIELD, type: 'url' })
  const settings = { ...sandboxSettings({ greenhouse, lever, vendor }, store), ...options.settings }
  const logged: string[] = []
  const log = pino({ level: 'debug' }, { write: (line) => void logged.push(line) })
  const bridges: Bridge[] = []
  const startReplica = async (differences: Partial<Settings> = {}) => {
    // A sweep in the middle of a test that is not about it would use up faults and calls; and metrics tell what is now.
    const overrides = { sweepTickMs: 0, metricsFreshMs: 0, ...options.overrides }
    const bridge = await startBridge({ ...settings, ...differences }, log, overrides)
    bridges.push(bridge)
    return bridge
  }
  const bridge = await startReplica()
  return {
    greenhouse,
    lever,
    vendor,
    settings,
    bridge,
    api: adminClient(bridge.url, settings.adminPassword ?? ''),
    logged,
    startReplica,
    hook: (connection) => `${bridge.url}/webhooks/${connection}`,
    close: async () => {
      await Promise.all(bridges.map((one) => one.stop()))
      await Promise.all([greenhouse.close(), lever.close(), vendor.close()])
    },
  }
}
