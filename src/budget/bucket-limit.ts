import {
  asSeen,
  type BudgetState,
  counted,
  deferredOf,
  type Grant,
  type Limit,
  type Purpose,
  shareOf,
} from './limit.ts'

/**
 * A bucket of `burst` calls that regains `perSecond` of them each second.
 * @see lever.md section 2, "Rate limit": 10 a second with bursts, figures not guaranteed
 */
export function bucketLimit({ perSecond, burst }: { perSecond: number; burst: number }): Limit {
  const fresh = (now: number): BudgetState => ({
    limit: burst,
    used: 0,
    usedBySweep: 0,
    at: now,
    seenAt: now,
    deferred: 0,
    deferredBySweep: 0,
  })

  const current = (given: BudgetState | undefined, now: number): BudgetState => {
    if (given === undefined) return fresh(now)
    const state = asSeen(given, now)
    const gained = (Math.max(0, now - state.at) / 1000) * perSecond
    return {
      ...state,
      used: Math.max(0, state.used - gained),
      usedBySweep: Math.max(0, state.usedBySweep - gained * shareOf(state, 'swept')),
      deferred: Math.max(0, state.deferred - gained),
      deferredBySweep: Math.max(0, state.deferredBySweep - gained * shareOf(state, 'swept')),
      at: Math.max(now, state.at),
    }
  }
  const left = (state: BudgetState, purpose: Purpose): number => {
    const free = Math.floor(burst - state.used)
    return purpose === 'live' ? free : Math.min(free, Math.floor(burst * shareOf(state, purpose) - state.usedBySweep))
  }

  return {
    perMinute: perSecond * 60,

    take(given, wanted, purpose, now): Grant {
      const state = current(given, now)
      const granted = Math.max(0, Math.min(wanted, left(state, purpose)))
      const rate = perSecond * shareOf(state, purpose)
      const before = deferredOf(state, purpose)
      // A bucket that is filling again, after a refusal, holds everybody up until then.
      const filledIn = Math.max(0, state.at - now)
      const waits = Array.from({ length: wanted - granted }, (_, index) =>
        Math.ceil(filledIn + ((before + index + 1) / rate) * 1000),
      )
      return { granted, waits, state: counted(state, purpose, granted, waits.length) }
    },

    observe(given, { refusedForMs }, now): BudgetState {
      const state = current(given, now)
      return refusedForMs === undefined ? state : { ...state, used: burst, at: Math.max(state.at, now + refusedForMs) }
    },
  }
}
