import { runFor } from '../budget/purpose.ts'

const MAX_ENTRIES = 1_000

/**
 * Wraps a read so that its answers are remembered for a while and askers at the same time share one call.
 * They are live calls whoever asks: a live asker must not be kept waiting for a sweep's share.
 * Neither failures nor `undefined` are remembered: what was missing may be there at the next look.
 * @param options.ttlMs how long an answer is good for
 */
export function remembering<Value>(
  read: (key: string) => Promise<Value | undefined>,
  options: { ttlMs: number; now: () => number },
): (key: string) => Promise<Value | undefined> {
  const entries = new Map<string, { until: number; value: Promise<Value | undefined> }>()

  return async (key) => {
    const known = entries.get(key)
    if (known && known.until > options.now()) return await known.value

    const entry = { until: options.now() + options.ttlMs, value: runFor('live', () => read(key)) }
    entries.delete(key)
    entries.set(key, entry)
    const oldest = entries.keys().next().value
    if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest)

    let value: Value | undefined
    try {
      value = await entry.value
      return value
    } finally {
      if (value === undefined && entries.get(key) === entry) entries.delete(key)
    }
  }
}
