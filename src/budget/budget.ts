import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { RetryableError } from '../domain/errors.ts'
import type { SharedCache } from '../store/store.ts'
import type { BudgetState, Grant, Limit, Observation, Purpose } from './limit.ts'

const stateSchema = z.object({
  limit: z.number(),
  used: z.number(),
  usedBySweep: z.number(),
  at: z.number(),
  seenAt: z.number().optional(),
  deferred: z.number(),
  deferredBySweep: z.number(),
})

/** A wait up to this long is sat out; for a longer one the delivery gives its place to others. */
const WAIT_IN_PLACE_MS = 1_000
const STATE_TTL_MS = 3_600_000
/** Tries at a state that another replica changes at the same time. */
const MAX_SWAPS = 20

/** One connection's calls to its ATS, kept below the ATS's limit across all replicas. */
export interface Budget {
  /**
   * Takes one call, or waits for it.
   * @throws RetryableError `rate-limited`, which is no attempt, when the wait is long
   */
  take(purpose: Purpose): Promise<void>
  /** Learns from an answer. Never throws: a store that is away is the take's business. */
  observe(seen: Observation): void
  /** Share of the limit that is used now, 0 to 1, as far as is known here. */
  usedRatio(): number
}

interface Caller {
  resolve(): void
  wait(ms: number): void
  fail(error: unknown): void
}

/**
 * Makes a budget whose state is in the store. Callers of one process are served together, so that the store is asked
 * once for all of them; replicas take turns by compare-and-swap.
 * @param name of the connection
 * @param onWait told how long a delivery is made to wait, milliseconds; a sweep's waiting is as it should be
 */
export function makeBudget(
  name: string,
  limit: Limit,
  cache: SharedCache,
  now: () => number,
  onWait: (ms: number) => void = () => undefined,
): Budget {
  const key = `budget:${name}`
  const waiting: Record<Purpose, Caller[]> = { live: [], sweep: [], swept: [] }
  let seen: Observation[] = []
  let busy = false
  let last: BudgetState | undefined

  const serve = async () => {
    if (busy) return
    busy = true
    try {
      // Whoever comes while the store is asked is served in the next round.
      while (waiting.live.length + waiting.sweep.length + waiting.swept.length + seen.length > 0) await serveAll()
    } finally {
      busy = false
    }
  }

  const serveAll = async () => {
    const callers = { live: waiting.live.splice(0), sweep: waiting.sweep.splice(0), swept: waiting.swept.splice(0) }
    const observations = seen.splice(0)
    try {
      const grants = await change((state) => {
        const observed = observations.reduce<BudgetState | undefined>(
          (one, next) => limit.observe(one, next, now()),
          state,
        )
        const live = limit.take(observed, callers.live.length, 'live', now())
        const sweep = limit.take(live.state, callers.sweep.length, 'sweep', now())
        const swept = limit.take(sweep.state, callers.swept.length, 'swept', now())
        return { state: swept.state, live, sweep, swept }
      })
      settle(callers.live, grants.live)
      settle(callers.sweep, grants.sweep)
      settle(callers.swept, grants.swept)
    } catch (error) {
      for (const caller of [...callers.live, ...callers.sweep, ...callers.swept]) caller.fail(error)
    }
  }

  const change = async <T extends { state: BudgetState }>(
    decide: (state: BudgetState | undefined) => T,
  ): Promise<T> => {
    for (let swaps = 0; swaps < MAX_SWAPS; swaps += 1) {
      const text = await cache.get(key)
      const decided = decide(parse(text))
      if (await cache.swap(key, text, JSON.stringify(decided.state), STATE_TTL_MS)) {
        last = decided.state
        return decided
      }
    }
    throw new RetryableError('rate-limited', { isAttempt: false })
  }

  const take = async (purpose: Purpose): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    waiting[purpose].push({ resolve: () => resolve(0), wait: resolve, fail: reject })
    // Let everybody of this turn of the event loop join in.
    setImmediate(() => void serve())
    const waitMs = await promise
    if (waitMs === 0) return
    if (purpose === 'live') onWait(waitMs)
    if (waitMs > WAIT_IN_PLACE_MS) throw new RetryableError('rate-limited', { isAttempt: false, retryAfterMs: waitMs })
    await pause(waitMs)
    await take(purpose)
  }

  /** Most answers tell what is known: that the ATS counts no more calls than were taken. The store need not hear it. */
  const isNews = (observation: Observation): boolean => {
    if (last === undefined) return true
    const { askedAt } = observation
    const at = now()
    return !isDeepStrictEqual(limit.observe(last, observation, at), limit.observe(last, { askedAt }, at))
  }

  return {
    take,
    observe: (observation) => {
      if (!isNews(observation)) return
      seen = [...seen, observation]
      setImmediate(() => void serve())
    },
    usedRatio: () => {
      if (last === undefined) return 0
      const { used, limit: most } = asOf(now(), last, limit)
      return Math.min(1, used / most)
    },
  }
}

function settle(callers: readonly Caller[], { granted, waits }: Grant): void {
  for (const [index, caller] of callers.entries()) {
    if (index < granted) caller.resolve()
    else caller.wait(Math.max(1, waits[index - granted] ?? 1))
  }
}

/** How much of a connection's limit is taken now; undefined: nobody has asked lately. @throws StoreUnavailableError */
export async function readBudget(
  name: string,
  limit: Limit,
  cache: Pick<SharedCache, 'get'>,
  now: number,
): Promise<BudgetState | undefined> {
  const state = parse(await cache.get(`budget:${name}`))
  return state && asOf(now, state, limit)
}

/** The state as it has become with time. */
function asOf(now: number, state: BudgetState, limit: Limit): BudgetState {
  return limit.take(state, 0, 'live', now).state
}

/** What is unreadable, being of another version, is as good as nothing: the ATS's next answer tells it anew. */
function parse(text: string | undefined): BudgetState | undefined {
  if (text === undefined) return undefined
  try {
    return stateSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
