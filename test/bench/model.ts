import { LEDGER_DAYS } from '../../src/ledger/ledger.ts'
import { type Figure, measured } from './harness.ts'

/** What one stage change costs, from webhook to note, as measured. */
export interface Costs {
  /** Processor time of the bridge, seconds. */
  readonly bridgeSeconds: number
  readonly redisSeconds: number
  /** What stays of it in Redis for people to see, and to prevent doubles. */
  readonly journalBytes: number
  readonly ledgerBytes: number
}

const CONNECTIONS = 100
const STAGE_CHANGES_A_DAY = 1_000_000
/** Share of a day's stage changes that fall into its busiest hour. */
const BUSIEST_HOUR = 0.2
const RETENTION_DAYS = 90
/** Greenhouse's limit. @see greenhouse.md section 2.6 */
const ATS_CALLS_PER_SECOND = 150 / 30
/**
 * Application, candidate, note. Only a backlog shares its reads; here a connection has one delivery in two seconds, and
 * most find their job's name read within the last ten minutes.
 */
const CALLS_EACH = 3

const gigabytes = (each: number, days: number) => (each * STAGE_CHANGES_A_DAY * days) / 1e9

/**
 * A hundred connections with a million stage changes a day between them, every one of them routed. Each figure is the
 * use of one resource in the busiest hour, so that the highest saturates first; memory is what a whole retention needs.
 */
export function model({ bridgeSeconds, redisSeconds, journalBytes, ledgerBytes }: Costs): readonly Figure[] {
  const perSecond = (STAGE_CHANGES_A_DAY * BUSIEST_HOUR) / 3600
  const figure = (what: string, unit: string, value: number) =>
    measured({ part: 'replicas', what: `model: ${what}`, unit }, [value])
  return [
    figure('stage changes in the busiest hour', '/s', perSecond),
    figure('cores of bridge processes', '', perSecond * bridgeSeconds),
    figure('use of Redis’s one core', '%', perSecond * redisSeconds * 100),
    figure('use of each ATS’s limit', '%', ((perSecond / CONNECTIONS) * CALLS_EACH * 100) / ATS_CALLS_PER_SECOND),
    figure(`Redis memory, shown for ${RETENTION_DAYS} days`, 'GB', gigabytes(journalBytes, RETENTION_DAYS)),
    figure(`Redis memory, remembered for ${LEDGER_DAYS} days`, 'GB', gigabytes(ledgerBytes, LEDGER_DAYS)),
  ]
}
