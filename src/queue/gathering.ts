import { StoreUnavailableError } from '../domain/errors.ts'

/** Items of one round trip at the most: enough for a burst, short enough to keep the rest from waiting. */
const MAX_BATCH = 500

interface Waiting<Item, Result> {
  readonly item: Item
  resolve(result: Result): void
  reject(error: unknown): void
}

/**
 * Gathers calls into batches, one batch under way at a time: on an idle system each goes at once and alone, in a burst
 * the store is asked once for many. When a batch fails, or takes too long, all who wait are told so too, since theirs
 * would go the same way.
 * @param runAll gives a result for each item, in order
 * @param withinMs how long a batch may take
 * @returns the call for one item; @throws StoreUnavailableError
 */
export function gathering<Item, Result>(
  runAll: (items: readonly Item[]) => Promise<readonly Result[]>,
  withinMs: number,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = []
  let isUnderWay = false

  const runBatch = async (batch: readonly Waiting<Item, Result>[]) => {
    try {
      const results = await within(withinMs, runAll(batch.map(({ item }) => item)))
      for (const [index, one] of batch.entries()) one.resolve(results[index] as Result)
    } catch (error) {
      for (const one of [...batch, ...waiting]) one.reject(error)
      waiting = []
    }
  }
  const runWaiting = async () => {
    isUnderWay = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH)
      waiting = waiting.slice(MAX_BATCH)
      await runBatch(batch)
    }
    isUnderWay = false
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    waiting.push({ item, resolve, reject })
    // After this turn of the event loop, so that what arrived together goes together.
    if (waiting.length === 1 && !isUnderWay) setImmediate(() => void runWaiting())
    return promise
  }
}

/** The result, or StoreUnavailableError when it does not come in time or the store refuses. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new StoreUnavailableError('the store did not answer in time')), ms)
  try {
    return await Promise.race([work, late.promise])
  } catch (error) {
    throw error instanceof StoreUnavailableError
      ? error
      : new StoreUnavailableError('the store refused', { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
