const BEAT_MS = 1

/**
 * Makes beats, for answers that nothing holds up: all that are ready leave together at the next one. In a burst, answers
 * that leave in a turn of the event loop each take twice the processor time.
 * @returns waits for the next beat, a millisecond at the most
 */
export function makeBeats(): () => Promise<void> {
  let next: Promise<void> | undefined
  return async () => {
    next ??= new Promise((resolve) => {
      setTimeout(() => {
        next = undefined
        resolve()
      }, BEAT_MS)
    })
    await next
  }
}
