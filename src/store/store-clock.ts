import type { Skew } from './skew.ts'
import type { Store } from './store.ts'

/** Beyond this we go by the store's clock instead of ours. */
const TOLERATED_MS = 1_000
const EVERY_MS = 30_000
/** While the store has not told its time since the start. */
const FIRST_EVERY_MS = 1_000

/** What all replicas go by. */
export interface StoreClock {
  /** Epoch milliseconds, whole. */
  readonly now: () => number
  stop(): void
}

/**
 * A clock that agrees with the store's, and so with every replica's: what one writes down with a time another reads,
 * and a machine whose clock is an hour ahead would make the others wait for an hour. Between two looks at the store it
 * goes by our monotonic clock, so that nobody who changes the machine's time changes ours.
 * @param told gets how far the store's clock is surely ahead of the machine's, milliseconds, at every look
 * @see reliability.md section 4, A7
 */
export async function startStoreClock(
  store: Pick<Store, 'skew'>,
  told: (aheadMs: number) => void,
  tools: { readonly everyMs?: number } = {},
): Promise<StoreClock> {
  const { everyMs = EVERY_MS } = tools
  /** What the clock shows at the zero of the monotonic one. */
  let origin = Date.now() - performance.now()
  // Rounded up, so that it is never behind the machine's clock that it began with.
  const now = () => Math.ceil(performance.now() + origin)
  let isKnown = false

  const look = async () => {
    const skew = await store.skew()
    isKnown = true
    told(surely(skew))
    origin += correctionMs({ ...skew, skewMs: Date.now() + skew.skewMs - now() })
  }
  // A store that is away is asked again; until then time goes on as it did.
  const lookAgain = () => look().catch(() => undefined)
  await lookAgain()
  let timer: NodeJS.Timeout | undefined
  const next = () => {
    timer = setTimeout(() => void lookAgain().then(() => timer && next()), isKnown ? everyMs : FIRST_EVERY_MS).unref()
  }
  next()
  return {
    now,
    stop: () => {
      clearTimeout(timer)
      timer = undefined
    },
  }
}

/** How far a clock is to be put forward to agree with the other, milliseconds; 0: it agrees well enough. */
export function correctionMs(skew: Skew): number {
  const ahead = surely(skew)
  return Math.abs(ahead) > TOLERATED_MS ? ahead : 0
}

/** What is left of a skew after the doubt that the time of the answer casts on it. */
function surely({ skewMs, answerMs }: Skew): number {
  return Math.sign(skewMs) * Math.max(0, Math.abs(skewMs) - answerMs / 2)
}
