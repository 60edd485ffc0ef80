import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Wrong passwords of one address within the window before its logins go one by one. */
const FREE_FAILURES = 10
const WINDOW_MS = 15 * 60_000
/** Between two logins of such an address. */
const HOLD_MS = 1_000
/** Logins of such an address that may wait for their turn. */
const MAX_WAITING = 5

/** Slows down those who guess passwords, by address; an IPv6 network (/64) counts as one. */
export interface LoginGate {
  /** Waits for the address's turn if it has failed often. @returns false: too many of its logins are waiting */
  enter(request: FastifyRequest): Promise<boolean>
  /** Counts a wrong password. */
  failed(request: FastifyRequest): Promise<void>
}

/**
 * Makes the gate. An address that guesses gets one guess a second, however many connections it opens; a right password
 * is taken when its turn comes, and other addresses do not notice. While as many of an address's logins wait as may, it
 * takes no others, so who shares it with somebody guessing may have to try more than once.
 * @param app with `@fastify/rate-limit`, which counts
 */
export function makeLoginGate(app: FastifyInstance): LoginGate {
  const limit = app.createRateLimit({ max: FREE_FAILURES - 1, timeWindow: WINDOW_MS })
  const lines = new Map<string, { waiting: number; last: Promise<void> }>()
  return {
    async enter(request) {
      const seen = await limit(request, { increment: false })
      if (seen.isAllowed || !seen.isExceeded) return true
      const line = lines.get(seen.key) ?? { waiting: 0, last: Promise.resolve() }
      if (line.waiting >= MAX_WAITING) return false
      lines.set(seen.key, line)
      line.waiting += 1
      line.last = line.last.then(() => pause(HOLD_MS))
      await line.last
      line.waiting -= 1
      if (line.waiting === 0) lines.delete(seen.key)
      return true
    },
    async failed(request) {
      await limit(request)
    },
  }
}
