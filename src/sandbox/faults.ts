/**
 * Faults on command, for tests of what the bridge does when the other side misbehaves.
 * @see reliability.md section 5, harness of the fault tests
 */
import { z } from 'zod'

/**
 * What goes wrong. `-request`: before the call takes effect; `-reply`: after it took effect, so the caller cannot know.
 * `drop` closes the connection without an answer, `hang` never answers, `garbage` answers what nobody can use.
 * `foreign-link` and `missing-link` are InterviewFlowAI's only: the answer has a link of another host, or none.
 */
const faultKinds = [
  'delay-request',
  'delay-reply',
  'drop-request',
  'drop-reply',
  'error-request',
  'error-reply',
  'hang-request',
  'hang-reply',
  'garbage-request',
  'garbage-reply',
  'rate-limit',
  'unauthorized',
  'foreign-link',
  'missing-link',
] as const

/**
 * What can be wrong with an answer: an HTML page with 200, no body with 204, JSON of 10 MiB or cut short, JSON of
 * something else, a redirect to another host, or a body that comes byte by byte for ever.
 */
export const garbageKinds = ['page', 'nothing', 'flood', 'cut', 'null', 'list', 'redirect', 'drip'] as const

/** Schema of a fault as the control API takes it. */
export const faultSchema = z.strictObject({
  kind: z.enum(faultKinds),
  /** Name of the operation, as it stands in the journal of calls; absent means every one. */
  operation: z.string().optional(),
  /** How many calls it hits. Default 1; without limit when `probability` or `forMs` is given. */
  times: z.int().min(1).optional(),
  /** Share of the calls that it hits, drawn from the sandbox's seeded generator. */
  probability: z.number().min(0).max(1).optional(),
  /** Ends this many milliseconds after it was set. */
  forMs: z.number().min(0).optional(),
  /** Of the delays: milliseconds, or the bounds between which they are drawn. */
  delayMs: z.union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)])]).optional(),
  /** Of `garbage-…`: default `page`. */
  garbage: z.enum(garbageKinds).optional(),
  /** Of `error-…`: default 500. */
  status: z.int().min(400).max(599).optional(),
  /** Of `rate-limit`: seconds in the `Retry-After` header; absent means no such header. */
  retryAfterS: z.int().min(0).optional(),
})

/** A fault as it is set. */
export type Fault = z.infer<typeof faultSchema>

/** What hits one call: any number of delays (added up, milliseconds) and at most one other fault. */
export interface Hit {
  readonly beforeMs: number
  readonly afterMs: number
  readonly fault: Fault | undefined
}

/** A repeatable source of numbers in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The faults set on one sandbox. */
export class Faults {
  #active: { readonly fault: Fault; left: number; readonly until: number }[] = []
  readonly #random: () => number
  readonly #now: () => number

  constructor(random: () => number, now: () => number) {
    this.#random = random
    this.#now = now
  }

  set(fault: Fault): void {
    const bounded = fault.probability === undefined && fault.forMs === undefined
    const left = fault.times ?? (bounded ? 1 : Number.POSITIVE_INFINITY)
    const until = fault.forMs === undefined ? Number.POSITIVE_INFINITY : this.#now() + fault.forMs
    this.#active.push({ fault, left, until })
  }

  clear(): void {
    this.#active = []
  }

  /** Decides what hits a call, and uses up what does. */
  hit(operation: string): Hit {
    let beforeMs = 0
    let afterMs = 0
    let found: Fault | undefined
    for (const entry of this.#active) {
      const { fault } = entry
      if (entry.left < 1 || this.#now() >= entry.until) continue
      if (fault.operation !== undefined && fault.operation !== operation) continue
      const isDelay = fault.kind === 'delay-request' || fault.kind === 'delay-reply'
      if (!isDelay && found !== undefined) continue
      if (fault.probability !== undefined && this.#random() >= fault.probability) continue
      entry.left -= 1
      if (fault.kind === 'delay-request') beforeMs += this.#delay(fault)
      else if (fault.kind === 'delay-reply') afterMs += this.#delay(fault)
      else found = fault
    }
    return { beforeMs, afterMs, fault: found }
  }

  #delay({ delayMs = 0 }: Fault): number {
    if (typeof delayMs === 'number') return delayMs
    const [least, most] = delayMs
    return least + this.#random() * (most - least)
  }
}
