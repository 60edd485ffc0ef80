/** What a budget remembers between calls, shared by all replicas. Times are epoch milliseconds. */
export interface BudgetState {
  /** Calls that the current window, or the bucket's whole burst, allows. */
  readonly limit: number
  /** Calls taken of it. A bucket gives them back with time, so it may be a fraction. */
  readonly used: number
  /** Of these, taken in the current window by the sweep and what it has queued. */
  readonly usedBySweep: number
  /** When the window ends; for a bucket, when `used` was last brought up to date. */
  readonly at: number
  /** When it was last looked at. Absent in a state that the version before has written. */
  readonly seenAt?: number | undefined
  /** Callers sent away until later windows, who have not had their turn yet. */
  readonly deferred: number
  /** The same of the sweep's, whom no live caller waits for. */
  readonly deferredBySweep: number
}

/** Whose calls: of live deliveries, of those that a sweep has queued, or of the sweep's own looking. */
export type Purpose = 'live' | 'swept' | 'sweep'

/** The answer to callers who want calls: how many may go now, and how long the others wait. */
export interface Grant {
  readonly state: BudgetState
  readonly granted: number
  /** Milliseconds, one for each caller not granted, in order. */
  readonly waits: readonly number[]
}

/** What an answer of the ATS tells about its limit. */
export interface Observation {
  /** When the call was sent: what was left of a window that has ended since does not count, a refusal does. */
  readonly askedAt: number
  readonly limit?: number
  readonly remaining?: number
  /** Set when the call was refused for the limit: milliseconds until it may be tried again. */
  readonly refusedForMs?: number
}

/** The rule of one ATS's limit. Pure: what happens to the state when calls are taken or an answer is seen. */
export interface Limit {
  /** Calls a minute, as far as is known without asking. */
  readonly perMinute: number
  take(state: BudgetState | undefined, wanted: number, purpose: Purpose, now: number): Grant
  observe(state: BudgetState | undefined, seen: Observation, now: number): BudgetState
}

/** The share of the sweep, and of what it has queued while live callers wait. @see design.md section 11 */
const SWEEP_SHARE = 0.25
/** The share of what a sweep has queued while nobody waits: the rest is for the live delivery that comes next. */
const SWEPT_SHARE = 0.75

/** The share of the limit that a purpose may use now, and that it wins back with time. */
export function shareOf({ deferred }: Pick<BudgetState, 'deferred'>, purpose: Purpose): number {
  if (purpose === 'live') return 1
  return purpose === 'swept' && deferred < 1 ? SWEPT_SHARE : SWEEP_SHARE
}

/** The clocks of replicas, all of which go by the store's, differ by less. */
const CLOCKS_DIFFER_MS = 5_000

/** The state as it is looked at now: what lay ahead lies as far ahead as it did, also when the clock was put back meanwhile. */
export function asSeen(state: BudgetState, now: number): BudgetState {
  const putBackMs = (state.seenAt ?? now) - now
  return { ...state, seenAt: now, at: putBackMs > CLOCKS_DIFFER_MS ? state.at - putBackMs : state.at }
}

/** The state after so many more callers of the purpose were granted calls and sent away. */
export function counted(state: BudgetState, purpose: Purpose, granted: number, deferred: number): BudgetState {
  const used = state.used + granted
  return purpose === 'live'
    ? { ...state, used, deferred: state.deferred + deferred }
    : {
        ...state,
        used,
        usedBySweep: state.usedBySweep + granted,
        deferredBySweep: state.deferredBySweep + deferred,
      }
}

/** How many of the purpose wait already. */
export const deferredOf = (state: BudgetState, purpose: Purpose) =>
  purpose === 'live' ? state.deferred : state.deferredBySweep
