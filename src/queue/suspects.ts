import type { Job } from 'bullmq'
import type { Journal } from '../journal/journal.ts'
import { deliveryIdOf, type Queued } from './queued-delivery.ts'
import { TryLater } from './try-later.ts'

/** Runs in a row that never ended, none further than the one before, until a delivery is taken for the cause. */
export const MAX_CRASHES = 5
/**
 * Crashes at which a delivery was at work from which on it may be the cause. One or two are no sign: machines are lost,
 * and a suspect waits its turn.
 */
const SUSPECT_CRASHES = 3
/** How long a suspect waits while another one is at work. */
const BUSY_MS = 2_000
/** From the beginning of a suspect's last run to its next one at least; twice as long after each further crash. */
const PAUSE_MS = 60_000

/**
 * How often the process died in a delivery. The queue's own count holds crashes in which it only waited for its turn;
 * the journal's also runs that a slow store began without answering in time, or of which it did not take the end.
 * @param unended runs in a row, before the one at hand, of which no end was ever noted
 */
export function crashesIn({ stalledCounter }: Pick<Job, 'stalledCounter'>, unended: number): number {
  return Math.min(stalledCounter, unended)
}

/** Lets a queued delivery be processed. @throws TryLater its turn has not come; what has to wait is not counted as a run */
export type Admit = (job: Job<Queued>, process: () => Promise<void>) => Promise<void>

/**
 * Lets in one suspect at a time: a delivery that kills its process would take the same neighbours with it again and
 * again, and they would be blamed with it. And each a while after its last run: machines that are being lost one after
 * the other must not make a delivery look fatal that is none.
 * @param now epoch milliseconds
 */
export function makeAdmit(journal: Pick<Journal, 'unfinished'>, now: () => number): Admit {
  let hasSuspect = false

  const untilNextRun = async (job: Job<Queued>): Promise<number> => {
    const last = await journal.unfinished(deliveryIdOf(job.id))
    const crashes = crashesIn(job, last?.runs ?? 0)
    // At the last crash there is nothing left to try.
    if (!last || crashes < SUSPECT_CRASHES || crashes >= MAX_CRASHES) return 0
    return last.lastBeganAt + PAUSE_MS * 2 ** (crashes - SUSPECT_CRASHES) - now()
  }

  return async (job, process) => {
    if (job.stalledCounter < SUSPECT_CRASHES) return await process()
    if (hasSuspect) throw new TryLater('application-busy', BUSY_MS)
    hasSuspect = true
    try {
      const waitMs = await untilNextRun(job)
      if (waitMs > 0) throw new TryLater('application-busy', waitMs)
      await process()
    } finally {
      hasSuspect = false
    }
  }
}
