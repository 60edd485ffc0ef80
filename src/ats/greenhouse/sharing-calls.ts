import DataLoader from 'dataloader'

/**
 * Gathers reads by id, so that those of a while share a call: it leaves when its window is over, or full before that.
 * @param readMany gives a row, or an error, for each id, in order
 * @param options.maxIds ids that one call takes
 * @param options.windowMs asked when a call is begun
 */
export function sharingCalls<Row>(
  readMany: (ids: readonly string[]) => Promise<readonly (Row | Error)[]>,
  { maxIds, windowMs }: { readonly maxIds: number; readonly windowMs: () => number },
): (id: string) => Promise<Row> {
  let joined = 0
  let leave = () => {}
  const loader = new DataLoader<string, Row>(readMany, {
    cache: false,
    maxBatchSize: maxIds,
    batchScheduleFn: (dispatch) => {
      const timer = setTimeout(dispatch, windowMs())
      joined = 0
      leave = () => {
        clearTimeout(timer)
        dispatch()
      }
    },
  })
  return (id) => {
    const row = loader.load(id)
    joined += 1
    if (joined === maxIds) leave()
    return row
  }
}
