import { z } from 'zod'
import type { SharedCache } from '../store/store.ts'
import { type AlertState, nothingKnown } from './decide.ts'

const stateSchema = z.object({
  known: z.record(
    z.string(),
    z.object({
      since: z.number(),
      told: z.object({ at: z.number(), count: z.number() }).exactOptional(),
      awaySince: z.number().exactOptional(),
      failingSince: z.number().exactOptional(),
    }),
  ),
  sentAt: z.array(z.number()),
})

const NAME = 'alerts'
/** Longer than any holiday: what is forgotten is told anew. */
const TTL_MS = 30 * 86_400_000

/** The state as read, with what it takes to replace exactly this one. */
export interface ReadState {
  readonly state: AlertState
  readonly text: string | undefined
}

/** @returns nothing known where there is none yet, or one of another version @throws StoreUnavailableError */
export async function readAlertState(cache: SharedCache): Promise<ReadState> {
  const text = await cache.get(NAME)
  try {
    const state = text === undefined ? undefined : stateSchema.safeParse(JSON.parse(text)).data
    return { state: state ?? nothingKnown, text }
  } catch {
    return { state: nothingKnown, text }
  }
}

/**
 * Replaces what was read.
 * @returns what is there now, or undefined: somebody else was quicker
 * @throws StoreUnavailableError
 */
export async function replaceAlertState(
  cache: SharedCache,
  read: ReadState,
  state: AlertState,
): Promise<ReadState | undefined> {
  const text = JSON.stringify(state)
  if (text === read.text) return read
  return (await cache.swap(NAME, read.text, text, TTL_MS)) ? { state, text } : undefined
}
