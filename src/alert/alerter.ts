import type { Logger } from 'pino'
import type { Journal } from '../journal/journal.ts'
import type { Report } from '../ops/report.ts'
import type { Lease, Leases } from '../store/store.ts'
import { readAlertState, replaceAlertState } from './alert-state.ts'
import { type Alert, decide, nothingKnown, unsent } from './decide.ts'
import { type LookTools, makeLook, readTroubledGroups } from './look.ts'
import type { Trouble } from './trouble.ts'
import { alertText, type WordTools } from './words.ts'

/** How often it is looked whether something is wrong. */
const TICK_MS = 15_000

/** What the alerter works with. */
export interface AlerterTools extends LookTools {
  readonly journal: LookTools['journal'] & Pick<Journal, 'groups'>
  readonly leases: Leases
  readonly words: WordTools
  /** Sends one message. @returns the HTTP status @throws there was no answer */
  readonly post: (text: string, signal: AbortSignal) => Promise<number>
  readonly report: Pick<Report, 'alerted' | 'alertFailed'>
  readonly log: Logger
  /** Milliseconds; 0: never. */
  readonly tickMs?: number | undefined
}

/** The alerter at work. */
export interface Alerter {
  /** Ends within a call to the store. What is not sent by then, the next process sends. */
  stop(): Promise<void>
}

const storeAway: Trouble = { connection: '', reason: 'store-unavailable', count: 1, dead: 0 }

/**
 * Looks at the store again and again and tells an operator what is wrong there. Of all replicas one does, and what it
 * has told stands in the store, so that neither a second one nor a restart repeats it. Of the store itself being away
 * the one tells that spoke last; until a process has learnt who that is, it counts itself.
 */
export function startAlerter(tools: AlerterTools): Alerter {
  const { leases, journal, cache, now, log, tickMs = TICK_MS } = tools
  const look = makeLook(tools)
  const stopping = new AbortController()
  let lease: Lease | undefined
  let isSpeaker = true
  let aboutStore = nothingKnown

  const speaks = async () => {
    if (lease?.isHeld()) return true
    await lease?.release()
    lease = await leases.acquire('alerts')
    isSpeaker = lease !== undefined
    return isSpeaker
  }

  /** @throws StoreUnavailableError */
  const tellOfStored = async () => {
    if (!(await speaks())) return
    const read = await readAlertState(cache)
    const groups = await readTroubledGroups(journal)
    const troubles = await look(groups, (key) => Object.hasOwn(read.state.known, key))
    const decided = decide(read.state, troubles, now())
    const replaced = await replaceAlertState(cache, read, decided.state)
    if (!replaced) return
    const failed = await send(decided.alerts, tools, stopping.signal)
    if (failed.length > 0) await replaceAlertState(cache, replaced, unsent(read.state, decided.state, failed, now()))
  }

  const tellOfStore = async (isAway: boolean) => {
    const decided = decide(aboutStore, isAway && isSpeaker ? [storeAway] : [], now())
    const failed = await send(decided.alerts, tools, stopping.signal)
    aboutStore = unsent(aboutStore, decided.state, failed, now())
  }

  const tick = async () => {
    const isAway = await tellOfStored().then(
      () => false,
      (error: unknown) => {
        log.debug({ err: error }, 'alerts put off')
        return true
      },
    )
    await tellOfStore(isAway)
  }

  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const next = () => {
    timer = setTimeout(() => {
      running = tick().finally(() => {
        if (!stopping.signal.aborted) next()
      })
    }, tickMs)
  }
  if (tickMs > 0) next()

  return {
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await running
      await lease?.release()
    },
  }
}

/** @returns those that could not be sent: the first that failed and all behind it, so that a deaf receiver is asked once */
async function send(
  alerts: readonly Alert[],
  { post, words, report }: AlerterTools,
  signal: AbortSignal,
): Promise<readonly Alert[]> {
  for (const [index, alert] of alerts.entries()) {
    try {
      const status = await post(alertText(alert, words), signal)
      if (status < 200 || status > 299) {
        report.alertFailed(alert.key, { status })
        return alerts.slice(index)
      }
      report.alerted(alert.key)
    } catch (error) {
      report.alertFailed(alert.key, { error })
      return alerts.slice(index)
    }
  }
  return []
}
