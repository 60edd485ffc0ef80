const DAY_MS = 86_400_000

/** How much of the time between two moments (epoch milliseconds) lay on days from Monday to Friday, UTC; milliseconds. */
export function weekdayMs(from: number, to: number): number {
  let passed = 0
  for (let at = from; at < to; ) {
    const next = Math.min(to, (Math.floor(at / DAY_MS) + 1) * DAY_MS)
    const day = new Date(at).getUTCDay()
    if (day !== 0 && day !== 6) passed += next - at
    at = next
  }
  return passed
}
