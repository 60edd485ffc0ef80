/**
 * Preloaded by a process that is to have a wrong clock: AHEAD_VARIABLE says by how much, milliseconds, and SIGUSR2 puts
 * it forward by an hour, as somebody who sets a machine's time does. The monotonic clock and the timers go on as ever.
 * Loaded elsewhere it does nothing, and says how to load it.
 */
const AHEAD_VARIABLE = 'TEST_CLOCK_AHEAD_MS'
const JUMP_MS = 3_600_000

/** What a process with such a clock has in its environment. */
export function shiftedClock(aheadMs: number): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${import.meta.url}`, [AHEAD_VARIABLE]: String(aheadMs) }
}

// biome-ignore lint/style/noProcessEnv: not the product's configuration
const given = process.env[AHEAD_VARIABLE]
if (given !== undefined) shift(Number(given))

function shift(initialMs: number): void {
  let aheadMs = initialMs
  process.on('SIGUSR2', () => {
    aheadMs += JUMP_MS
  })
  const RealDate = Date
  globalThis.Date = class extends RealDate {
    constructor(...parts: readonly unknown[]) {
      // Without arguments it is the time of day.
      super(...((parts.length === 0 ? [RealDate.now() + aheadMs] : parts) as [number]))
    }
    static override now(): number {
      return RealDate.now() + aheadMs
    }
  } as DateConstructor
}
