import DataLoader from 'dataloader'
import type { Purpose } from '../../budget/limit.ts'
import { currentPurpose } from '../../budget/purpose.ts'

interface SharingOptions {
  readonly maxIds: number
  readonly windowMs: () => number
}

/**
 * Gathers reads by id, so that those of a while share a call: it leaves when its window is over, or full before that.
 * A call is made for the purpose of its first reader, so it is shared with none of another.
 * @param readMany gives a row, or an error, for each id, in order
 * @param options.maxIds ids that one call takes
 * @param options.windowMs asked when a call is begun
 */
export function sharingCalls<Row>(
  readMany: (ids: readonly string[]) => Promise<readonly (Row | Error)[]>,
  options: SharingOptions,
): (id: string) => Promise<Row> {
  const forOne = () => sharingForOnePurpose(readMany, options)
  const reads: Readonly<Record<Purpose, (id: string) => Promise<Row>>> = {
    live: forOne(),
    swept: forOne(),
    sweep: forOne(),
  }
  return (id) => reads[currentPurpose()](id)
}

function sharingForOnePurpose<Row>(
  readMany: (ids: readonly string[]) => Promise<readonly (Row | Error)[]>,
  { maxIds, windowMs }: SharingOptions,
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
