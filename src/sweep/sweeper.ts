import type { Logger } from 'pino'
import { reasonOf } from '../domain/errors.ts'
import type { Report } from '../ops/report.ts'
import type { Leases, SharedCache } from '../store/store.ts'
import { type Missed, type SweepTools, sweepConnection } from './sweep-connection.ts'
import { keepSweepState, readSweepState } from './sweep-state.ts'

/** How far back is looked. @see design.md section 11 */
export const LOOK_BACK_MS = 48 * 3_600_000
/** How often each connection is swept, by whichever replica. */
export const SWEEP_EVERY_MS = 600_000
/** Who entered less than this ago is left to the webhook that is on its way. */
const GRACE_MS = 60_000
/** So that replicas which start together sweep once. */
const AFTER_START_MS = 60_000
/** When it is first looked whether a sweep is due, so that resent webhooks come first, and how often from then on. */
const FIRST_TICK_MS = 10_000
const TICK_MS = 60_000

export interface SweeperTools extends SweepTools {
  readonly leases: Leases
  readonly cache: SharedCache
  readonly report: Pick<Report, 'swept' | 'sweepFailed'>
  readonly log: Logger
  /** How often it is looked whether a sweep is due, milliseconds; 0: never. */
  readonly tickMs?: number | undefined
}

export interface Sweeper {
  /** Begins no further sweep, and ends those under way within a call to the ATS. */
  stop(): Promise<void>
}

/**
 * Sweeps every connection after the start and every ten minutes. Of all replicas one sweeps a connection at a time; a
 * sweep that takes longer than that is left to its end, and one connection's never waits for another's.
 */
export function startSweeper(tools: SweeperTools): Sweeper {
  const stopping = new AbortController()
  const underWay = new Map<string, Promise<void>>()
  let isFirst = true

  const tick = () => {
    const everyMs = isFirst ? AFTER_START_MS : SWEEP_EVERY_MS
    isFirst = false
    for (const connection of tools.adapters.keys()) {
      if (underWay.has(connection)) continue
      const run = sweepIfDue(connection, everyMs, stopping.signal, tools)
        // The store is away: the next tick tries again.
        .catch((error: unknown) => tools.log.debug({ err: error, connection }, 'sweep put off'))
        .finally(() => underWay.delete(connection))
      underWay.set(connection, run)
    }
  }
  const { tickMs = TICK_MS } = tools
  const timers = tickMs === 0 ? [] : [setTimeout(tick, Math.min(tickMs, FIRST_TICK_MS)), setInterval(tick, tickMs)]

  return {
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      stopping.abort()
      await Promise.all(underWay.values())
    },
  }
}

async function sweepIfDue(
  connection: string,
  everyMs: number,
  signal: AbortSignal,
  tools: SweeperTools,
): Promise<void> {
  const isDue = async () => {
    const state = await readSweepState(tools.cache, connection)
    return state === undefined || Math.abs(tools.now() - state.startedAt) >= everyMs
  }
  if (!(await isDue())) return
  const lease = await tools.leases.acquire(`sweep:${connection}`)
  if (!lease) return
  try {
    // Again: the lease may have come from the hands of one who has just swept.
    if (await isDue()) await sweepNow(connection, signal, tools)
  } finally {
    await lease.release()
  }
}

async function sweepNow(connection: string, signal: AbortSignal, tools: SweeperTools): Promise<void> {
  const { cache, report, now } = tools
  const startedAt = now()
  const before = await readSweepState(cache, connection)
  await keepSweepState(cache, connection, { ...before, startedAt })
  const missed: Missed[] = []
  try {
    const order = { connection, since: startedAt - LOOK_BACK_MS, until: startedAt - GRACE_MS, isDryRun: false, signal }
    const looked = await sweepConnection({ ...order, onMissed: (one) => missed.push(one) }, tools)
    await keepSweepState(cache, connection, { startedAt, gap: missed.length, succeededAt: now() })
    report.swept(connection, { looked, missed, durationMs: now() - startedAt })
  } catch (error) {
    if (signal.aborted) return
    report.sweepFailed(connection, error, missed)
    // What it found until then was queued: the next sweep will not find it again, so it is told now. What the one before
    // found, it had queued, too.
    const failure = reasonOf(error) ?? 'internal-error'
    await keepSweepState(cache, connection, { ...before, startedAt, gap: missed.length, failure })
  }
}
