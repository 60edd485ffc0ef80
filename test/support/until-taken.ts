import { until } from './until.ts'

/** The answer that was not 503. */
export type Taken<Answer> = Answer & {
  /** How many 503 came before. What was refused so may have been done all the same. */
  readonly refusals: number
}

/**
 * Asks again while the answer is 503. The bridge may say so to a webhook or an erasure that its store has not taken in
 * time; the sender then sends it again.
 */
export async function untilTaken<Answer extends { readonly status?: number }>(
  ask: () => Promise<Answer>,
): Promise<Taken<Answer>> {
  let refusals = -1
  return await until(async () => {
    refusals += 1
    const answer = await ask()
    return answer.status !== 503 && { ...answer, refusals }
  })
}
