import DataLoader from 'dataloader'

/** So that one batch neither grows past what a statement takes well, nor holds up those behind it. */
const MAX_BATCH = 500

/**
 * Gathers calls made in the same turn of the event loop into one: in a burst of webhooks a round trip to the store
 * then carries many of them.
 * @param runAll gives a result for each item, in order; when it fails, all fail
 */
export function batched<Item, Result>(
  runAll: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  const loader = new DataLoader<Item, Result>(runAll, {
    cache: false,
    maxBatchSize: MAX_BATCH,
    batchScheduleFn: (dispatch) => setImmediate(dispatch),
  })
  return (item) => loader.load(item)
}
