import { setTimeout as pause } from 'node:timers/promises'

/**
 * Does something again and again, after random pauses, until the work is done and it was done often enough.
 * @returns how often
 */
export async function meanwhile(
  work: Promise<unknown>,
  pauseMs: () => number,
  disturb: () => Promise<void> | void,
  atLeast = 0,
): Promise<number> {
  let isDone = false
  const finished = work.finally(() => {
    isDone = true
  })
  let count = 0
  const disturbing = async () => {
    while (!isDone || count < atLeast) {
      const waiting = pause(pauseMs())
      await (count < atLeast ? waiting : Promise.race([waiting, finished.catch(() => undefined)]))
      if (isDone && count >= atLeast) return
      await disturb()
      count += 1
    }
  }
  await Promise.all([finished, disturbing()])
  return count
}
