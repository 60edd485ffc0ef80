import { deadReasons, lapsedReasons } from '../../domain/reasons.ts'
import { didYouMean, wholeNumber } from '../arguments.ts'
import { parseDuration } from '../duration.ts'
import { UsageError } from '../usage-error.ts'

const MAX_PER_MINUTE = 1_000
const reasonsOf = { dead: Object.keys(deadReasons), lapsed: Object.keys(lapsedReasons) } as const

/** Which deliveries are meant, as the admin API takes it. */
export interface Filter {
  readonly state: keyof typeof reasonsOf
  readonly connection?: string
  readonly reason?: string
  /** ISO 8601, UTC. */
  readonly before?: string
}

/** Many deliveries, and what is to be done with them. */
export interface Choice {
  readonly filter: Filter
  readonly perMinute: number | undefined
  readonly isDryRun: boolean
}

/** What the flags say of which deliveries are meant. */
interface Given {
  readonly state?: string | undefined
  readonly connection?: string | undefined
  readonly reason?: string | undefined
  readonly before?: string | undefined
  readonly 'per-minute'?: string | undefined
  readonly 'dry-run'?: boolean | undefined
  readonly yes?: boolean | undefined
}

const ofMany = ['state', 'connection', 'reason', 'before', 'per-minute', 'dry-run', 'yes'] as const

/**
 * Which deliveries are meant.
 * @param now epoch milliseconds
 * @returns undefined where it is those whose ids are given
 * @throws UsageError neither, both, or something that cannot be
 */
export function readChoice(ids: readonly string[], given: Given, now: number): Choice | undefined {
  if (ids.length > 0) {
    const stray = ofMany.find((flag) => given[flag] !== undefined)
    if (stray !== undefined) throw new UsageError(`--${stray} does not go with ids of deliveries.`)
    const wrong = ids.find((id) => !/^dlv_\w+$/.test(id))
    if (wrong !== undefined) throw new UsageError(`"${wrong}" is no id of a delivery: those begin with dlv_.`)
    return undefined
  }
  const { state, connection, reason, before } = given
  if (state === undefined)
    throw new UsageError('Which ones? Give ids of deliveries, or --state dead or --state lapsed.')
  if (state !== 'dead' && state !== 'lapsed') throw new UsageError(`--state takes dead or lapsed, not "${state}".`)
  if (reason !== undefined) refuseUnknown(reason, state)
  return {
    filter: {
      state,
      ...(connection !== undefined && { connection }),
      ...(reason !== undefined && { reason }),
      ...(before !== undefined && { before: readBefore(before, now) }),
    },
    perMinute: wholeNumber('per-minute', given['per-minute'], undefined, MAX_PER_MINUTE),
    isDryRun: given['dry-run'] === true,
  }
}

function refuseUnknown(reason: string, state: Filter['state']): void {
  const known = reasonsOf[state]
  if (known.includes(reason)) return
  const other = state === 'dead' ? 'lapsed' : 'dead'
  const mend = reasonsOf[other].includes(reason)
    ? ` Deliveries are ${other} for it: --state ${other}.`
    : didYouMean(reason, known) || ` There is ${known.join(', ')}.`
  throw new UsageError(`No delivery is ${state} for a reason "${reason}".${mend}`)
}

function readBefore(text: string, now: number): string {
  if (!/^\d{4}-/.test(text)) return new Date(now - parseDuration(text, '--before')).toISOString()
  const at = /^[\d-]{10}T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(text) ? new Date(text) : undefined
  // A day that the month does not have would be taken for one of the next.
  if (at === undefined || Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text.slice(0, 16)))
    throw new UsageError(
      `--before takes a time in UTC such as 2026-01-31T08:00:00Z, or 90m, 48h, 7d, 2w, not "${text}".`,
    )
  return at.toISOString()
}
