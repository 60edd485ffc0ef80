import { z } from 'zod'
import type { SharedCache } from '../store/store.ts'

const stateSchema = z.object({
  startedAt: z.number(),
  gap: z.number().exactOptional(),
  succeededAt: z.number().exactOptional(),
  failure: z.string().exactOptional(),
})

/** What all replicas know of a connection's sweeps. Times are epoch milliseconds. */
export interface SweepState {
  /** When the last one began, whoever began it and however it ended. */
  readonly startedAt: number
  /** How many it found without a delivery. */
  readonly gap?: number
  /** When one was last carried through. */
  readonly succeededAt?: number
  /** Why the last one was not carried through: the reason a delivery would have had. */
  readonly failure?: string
}

/** Longer than any outage: an age that is forgotten would read as "never swept". */
const TTL_MS = 30 * 86_400_000

const nameOf = (connection: string) => `sweep:${connection}`

/** @returns undefined: there was none yet, or one of another version @throws StoreUnavailableError */
export async function readSweepState(cache: SharedCache, connection: string): Promise<SweepState | undefined> {
  const text = await cache.get(nameOf(connection))
  try {
    return text === undefined ? undefined : stateSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** For the one replica that sweeps. @throws StoreUnavailableError */
export async function keepSweepState(cache: SharedCache, connection: string, state: SweepState): Promise<void> {
  await cache.set(nameOf(connection), JSON.stringify(state), TTL_MS)
}
