import { StoreUnavailableError } from '../domain/errors.ts'

/** Items of one round trip at the most: enough for a burst, short enough to keep the rest from waiting. */
const MAX_BATCH = 500

interface Waiting<Item, Result> {
  readonly item: Item
  /** On the monotonic clock. */
  readonly dueAt: number
  resolve(result: Result): void
  reject(error: unknown): void
}

/** Batches under way at a time: while the store works at one, the next is made ready. */
const BATCHES_AT_A_TIME = 2

/**
 * Gathers calls into batches, two under way at a time: on an idle system each call goes at once and alone, in a burst
 * the store is asked once for many. A batch may take as long as its first item, which is its oldest, has left. When it
 * fails, or takes too long, all who wait behind it are told so too: a store that is behind is given no more to do.
 * @param runAll gives a result for each item, in order
 * @param withinMs how long an item may take, counted from its call
 * @returns the call for one item; @throws StoreUnavailableError
 */
export function gathering<Item, Result>(
  runAll: (items: readonly Item[]) => Promise<readonly Result[]>,
  withinMs: number,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  let underWay = 0

  const runBatch = async (batch: readonly Waiting<Item, Result>[]) => {
    try {
      const leftMs = Math.max(0, (batch[0]?.dueAt ?? 0) - performance.now())
      const results = await within(leftMs, runAll(batch.map(({ item }) => item)))
      for (const [index, one] of batch.entries()) one.resolve(results[index] as Result)
    } catch (error) {
      for (const one of [...batch, ...waiting.splice(0)]) one.reject(error)
    }
  }
  const runWaiting = async () => {
    while (waiting.length > 0) await runBatch(waiting.splice(0, MAX_BATCH))
    underWay -= 1
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    waiting.push({ item, dueAt: performance.now() + withinMs, resolve, reject })
    if (underWay < BATCHES_AT_A_TIME) {
      underWay += 1
      // After this turn of the event loop, so that what arrived together goes together.
      setImmediate(() => void runWaiting())
    }
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
