/** What a budget remembers between calls, shared by all replicas. Times are epoch milliseconds. */
export interface BudgetState {
  /** Calls that the current window, or the bucket's whole burst, allows. */
  readonly limit: number
  /** Calls taken of it. A bucket gives them back with time, so it may be a fraction. */
  readonly used: number
  /** Of these, taken by the sweep in the current window. */
  readonly usedBySweep: number
  /** When the window ends; for a bucket, when `used` was last brought up to date. */
  readonly at: number
  /** Callers sent away until later windows, who have not had their turn yet. */
  readonly deferred: number
}

/** Whose calls: live deliveries, or the sweep, which takes what they leave and never more than its share. */
export type Purpose = 'live' | 'sweep'

/** The answer to callers who want calls: how many may go now, and how long the others wait. */
export interface Grant {
  readonly state: BudgetState
  readonly granted: number
  /** Milliseconds, one for each caller not granted, in order. */
  readonly waits: readonly number[]
}

/** What an answer of the ATS tells about its limit. */
export interface Observation {
  /** When the call was sent: what is told of a window that has ended since does not count. */
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

/** The sweep's share of the budget. @see design.md section 11 */
export const SWEEP_SHARE = 0.25
