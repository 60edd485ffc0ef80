import {
  asSeen,
  type BudgetState,
  counted,
  deferredOf,
  type Grant,
  type Limit,
  type Observation,
  type Purpose,
  shareOf,
} from './limit.ts'

/** Waited past a window's end, since our clock and the ATS's differ and calls take time to get there. */
const GUARD_MS = 250
/** Of a later window, the part given away in advance: its first calls are live ones that nobody has announced. */
const PLANNED_SHARE = 0.95

/** Calls of a later window that are given away in advance. */
const planned = (state: BudgetState, purpose: Purpose) =>
  Math.max(1, Math.floor(state.limit * PLANNED_SHARE * shareOf(state, purpose)))

/**
 * So many calls in each window of fixed length. How many, the ATS says with every answer; when a window ends is taken
 * from the clock until an answer shows otherwise.
 * @param options.assumed calls per window until the ATS has told
 * @see greenhouse.md section 2.6: refills were seen at whole and half minutes, while `Reset` always said a window from now
 */
export function windowLimit({ windowMs, assumed }: { windowMs: number; assumed: number }): Limit {
  const fresh = (limit: number, now: number): BudgetState => ({
    limit,
    used: 0,
    usedBySweep: 0,
    at: (Math.floor(now / windowMs) + 1) * windowMs,
    seenAt: now,
    deferred: 0,
    deferredBySweep: 0,
  })

  /** The state as it is now: at the end of a window all calls are there again. */
  const current = (given: BudgetState | undefined, now: number): BudgetState => {
    if (given === undefined) return fresh(assumed, now)
    const state = asSeen(given, now)
    if (now < state.at + GUARD_MS) return state
    const windows = Math.floor((now - state.at - GUARD_MS) / windowMs) + 1
    const left = (purpose: Purpose) => Math.max(0, deferredOf(state, purpose) - windows * planned(state, purpose))
    const at = state.at + windows * windowMs
    return { ...state, used: 0, usedBySweep: 0, at, deferred: left('live'), deferredBySweep: left('swept') }
  }

  const left = (state: BudgetState, purpose: Purpose): number => {
    const free = Math.max(0, state.limit - state.used)
    return purpose === 'live'
      ? free
      : Math.min(free, Math.floor(state.limit * shareOf(state, purpose)) - state.usedBySweep)
  }

  return {
    perMinute: assumed * (60_000 / windowMs),

    take(given, wanted, purpose, now): Grant {
      const state = current(given, now)
      const granted = Math.max(0, Math.min(wanted, left(state, purpose)))
      const perWindow = planned(state, purpose)
      // The sweep's few calls do not stand in line behind the many of what it has queued: it could not look meanwhile.
      const before = purpose === 'sweep' ? 0 : deferredOf(state, purpose)
      const waits = Array.from({ length: wanted - granted }, (_, index) => {
        const windowsAhead = Math.floor((before + index) / perWindow)
        return state.at + GUARD_MS + windowsAhead * windowMs - now
      })
      return { granted, waits, state: counted(state, purpose, granted, waits.length) }
    },

    observe(given, { askedAt, limit, remaining, refusedForMs }: Observation, now): BudgetState {
      const state = { ...current(given, now), ...(limit !== undefined && { limit }) }
      if (refusedForMs !== undefined) return { ...state, used: state.limit, at: now + refusedForMs }
      if (remaining === undefined || askedAt < state.at - windowMs) return state
      // Calls on their way make the ATS's count lag behind ours, never run ahead: a higher count is another caller's.
      return { ...state, used: Math.max(state.used, state.limit - remaining) }
    },
  }
}
