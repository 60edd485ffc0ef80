import { setTimeout as pause } from 'node:timers/promises'
import type { AtsAdapter, TargetOutcome, WriteTarget } from '../ats/adapter.ts'
import type { Application } from '../domain/application.ts'
import { isSurelyNotDone, LapsedError, PermanentError, RetryableError } from '../domain/errors.ts'
import type { Interview } from '../domain/interview.ts'
import type { DeliveredReason } from '../domain/reasons.ts'
import type { Ledger, Life, Subject, WriteBackEntry, WriteBackKey } from '../ledger/ledger.ts'
import type { Lease } from '../store/store.ts'
import { assertHeld } from './assert-held.ts'
import { LISTING_LAG_MS, lagLeft } from './listing-lag.ts'
import type { ProveWrite } from './prove-write.ts'

export interface WriteBackTools {
  readonly ledger: Ledger
  readonly whose: Subject
  readonly now: () => number
  /** Reads the application again. @throws LapsedError it is gone by now, RetryableError it is another candidate's */
  readonly assertUnchanged: () => Promise<void>
  /** The delivery's hold on its application. */
  readonly lease: Pick<Lease, 'isHeld'>
  readonly proveWrite: ProveWrite
  /** Told what became of each target. */
  readonly note: (outcome: string) => void
  /** Told of each target that is done and need not be written again. */
  readonly advanced: () => Promise<void>
}

/** Whether every target of the adapter is known to be written. */
export function isWritten(adapter: AtsAdapter, memory: WriteBackEntry): boolean {
  return adapter.targets.every((target) => memory.get(target.name)?.doneAt !== undefined)
}

/** Long ago: an earlier write, if there was one, is in the ATS's lists by now. */
const LONG_AGO = 0

/**
 * Takes it that what must not be written twice may stand there already, though nothing is remembered of it: the next
 * write, in whichever attempt, looks first.
 * @returns the memory with that
 * @throws LapsedError, StoreUnavailableError
 */
export async function suspectWrites(
  { targets }: AtsAdapter,
  memory: WriteBackEntry,
  whose: Subject,
  key: WriteBackKey,
  ledger: Ledger,
): Promise<WriteBackEntry> {
  const suspected = new Map(memory)
  for (const { name, repeatable } of targets) {
    if (repeatable || memory.has(name)) continue
    await ledger.intendWrite(whose, key, name, LONG_AGO)
    suspected.set(name, { intentAt: LONG_AGO })
  }
  return suspected
}

/**
 * Puts the link into each target in the order given, and remembers each once done, so that a retry goes on where this
 * one stops. A target that can never be written does not keep the others from it. What can be written freely is looked at
 * each time, whatever is remembered of it: somebody may have changed it since.
 * @returns how the link got there; undefined: every place holds somebody's own value, and the link stands nowhere
 * @throws LapsedError, RetryableError, StoreUnavailableError, or the first target's PermanentError after the others are done
 */
export async function writeBack(
  adapter: AtsAdapter,
  application: Application,
  interview: Interview,
  key: WriteBackKey,
  memory: WriteBackEntry,
  tools: WriteBackTools,
): Promise<DeliveredReason | undefined> {
  const refusals: PermanentError[] = []
  let reason: DeliveredReason | undefined
  for (const target of adapter.targets) {
    const doneAt = memory.get(target.name)?.doneAt
    // What was done before the link was made holds an earlier one. Since clocks differ it is looked for all the same.
    const isDone = doneAt !== undefined && doneAt >= interview.createdAt
    if (isDone && (!target.repeatable || target.holdsAnother?.(application, interview.link))) {
      reason ??= 'already-written'
      continue
    }
    try {
      const outcome = await writeTarget(target, memory, application, interview, key, tools)
      tools.note(`${target.name} ${outcome}`)
      if (outcome === 'left-alone') continue
      if (outcome === 'found' && doneAt !== undefined) {
        reason ??= 'already-written'
        continue
      }
      reason = 'written'
      await tools.advanced()
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error
      tools.note(`${target.name} refused`)
      refusals.push(error)
    }
  }
  const [refusal] = refusals
  if (refusal) throw refusal
  return reason
}

async function writeTarget(
  target: WriteTarget,
  memory: WriteBackEntry,
  application: Application,
  interview: Interview,
  key: WriteBackKey,
  tools: WriteBackTools,
): Promise<TargetOutcome> {
  const { ledger, whose, now, lease } = tools
  const intentAt = memory.get(target.name)?.intentAt
  // An earlier write may have taken effect: one without an end, or of a link of before. Looked for before another.
  if (!target.repeatable && intentAt !== undefined) {
    await pause(lagLeft(intentAt, now()))
    if (await target.isWritten?.(application, interview.link)) {
      await ledger.markWritten(whose, key, target.name, now())
      return 'found'
    }
  }
  const life = await (target.repeatable ? ledger.lifeOf(whose) : ledger.intendWrite(whose, key, target.name, now()))
  const beforeSending = () => assertHeld(lease)
  try {
    assertLiving(life)
    beforeSending()
    const outcome = await target.write(application, interview, beforeSending)
    if (outcome === 'left-alone') return outcome
    if (!target.repeatable) await tools.proveWrite(key.connection, target, application, interview.link)
    await ledger.markWritten(whose, key, target.name, now())
    return outcome
  } catch (error) {
    if (!target.repeatable && !isSurelyNotDone(error)) {
      // If it took effect, then only now: it may have waited for the limit, or on its way. Whoever looks for it counts
      // the lag of the lists from the intent, so that moves up; a store that does not take it is waited out here.
      await ledger.intendWrite(whose, key, target.name, now()).catch(async (missed: unknown) => {
        if (missed instanceof LapsedError) throw missed
        await pause(LISTING_LAG_MS)
      })
    } else if (!target.repeatable && intentAt === undefined && lease.isHeld()) {
      // While it is ours: a successor's intent is not ours to take back.
      await ledger.withdrawWrite(key, target.name)
    }
    if (error instanceof PermanentError) {
      // Refused perhaps because somebody has just been erased, or become one with another: their webhook may be late.
      assertLiving(await ledger.lifeOf(whose))
      await tools.assertUnchanged()
    }
    throw error
  }
}

/** Somebody erased is written nothing; for a candidate who became another one since the load, that one is loaded. */
function assertLiving(life: Life): void {
  if (life === 'erased') throw new LapsedError('anonymized')
  if (life === 'merged') throw new RetryableError('candidate-merged', { isAttempt: false })
}
