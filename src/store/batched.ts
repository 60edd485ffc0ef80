import DataLoader from 'dataloader'

/** So that one batch neither grows past what a statement takes well, nor holds up those behind it. */
const MAX_BATCH = 500

/**
 * Gathers calls made at the same moment into one: what has been gathered from a burst of webhooks goes to the store in
 * one round trip.
 * @param runAll gives a result for each item, in order; when it fails, all fail
 */
export function batched<Item, Result>(
  runAll: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  const loader = new DataLoader<Item, Result>(runAll, {
    cache: false,
    maxBatchSize: MAX_BATCH,
  })
  return (item) => loader.load(item)
}
