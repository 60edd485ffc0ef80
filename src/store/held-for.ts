/** An answer that is asked for often and changes seldom. */
export interface Held<T> {
  get(): Promise<T>
  /** What was answered until now does not count any more. */
  forget(): void
}

/**
 * Asks once and gives the same answer to all who come within a time; a failure is given to those who waited for it, and
 * asked anew.
 * @param ms how long an answer is held, milliseconds
 */
export function heldFor<T>(ms: number, ask: () => Promise<T>, now = () => performance.now()): Held<T> {
  let held: { readonly answer: Promise<T>; readonly until: number } | undefined
  return {
    async get() {
      if (held === undefined || held.until <= now()) {
        const asked = { answer: ask(), until: now() + ms }
        held = asked
        asked.answer.catch(() => {
          if (held === asked) held = undefined
        })
      }
      return await held.answer
    },
    forget() {
      held = undefined
    },
  }
}
