/** A clock that never gives the same millisecond twice, so that everything kept in a sandbox has an order. */
export function strictClock(now: () => number): () => number {
  let last = 0
  return () => {
    last = Math.max(now(), last + 1)
    return last
  }
}
