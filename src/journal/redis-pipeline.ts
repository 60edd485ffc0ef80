import type { Redis } from 'ioredis'

/** Sends what a pipeline has gathered, in one round trip. @returns the replies in order @throws the first error among them */
export async function repliesOf(pipeline: ReturnType<Redis['pipeline']>): Promise<unknown[]> {
  const replies = (await pipeline.exec()) ?? []
  return replies.map(([error, reply]) => {
    if (error) throw error
    return reply
  })
}
