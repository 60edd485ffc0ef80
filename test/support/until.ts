import { setTimeout as pause } from 'node:timers/promises'

/**
 * Polls until the condition gives something; a failing poll counts as "not yet".
 * @throws Error the deadline passed; says what the last poll failed with
 */
export async function until<T>(
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 90_000,
): Promise<T> {
  const giveUpAt = performance.now() + deadlineMs
  let last: unknown = 'the condition never held'
  while (performance.now() < giveUpAt) {
    try {
      const value = await condition()
      if (value !== undefined && value !== false) return value
    } catch (error) {
      last = error
    }
    await pause(20)
  }
  throw new Error(`not within ${deadlineMs} ms`, { cause: last })
}
