import { setTimeout as pause } from 'node:timers/promises'
import type { WriteTarget } from '../ats/adapter.ts'
import type { Application } from '../domain/application.ts'
import { PermanentError, RetryableError, StoreUnavailableError } from '../domain/errors.ts'
import type { SharedCache } from '../store/store.ts'
import { LISTING_LAG_MS } from './listing-lag.ts'

/** Permissions change seldom, and a proof costs a call. */
const HOLDS_MS = 30 * 86_400_000
const LOOKS = 4
const LOOK_EVERY_MS = LISTING_LAG_MS / (LOOKS - 1)
/** How long nobody looks after one who got no answer: an ATS in trouble is asked no more than it must be. */
const UNANSWERED_MS = 60_000

/**
 * Looks whether a write that an ATS took stands there, unless a connection's target was seen to hold one lately.
 * @throws PermanentError write-not-visible
 */
export type ProveWrite = (
  connection: string,
  target: WriteTarget,
  application: Application,
  link: string,
) => Promise<void>

/**
 * An ATS may take a write with 200 and do nothing, where a permission is missing: then every candidate's link would be
 * missing in silence. So the first write of each connection is looked for, and whoever writes meanwhile waits for that.
 * Where it cannot be looked for nothing is proven, and nothing refused.
 * @param now epoch milliseconds
 */
export function makeProveWrite(cache: Pick<SharedCache, 'get' | 'set'>, now: () => number): ProveWrite {
  const proofs = new Map<string, Promise<boolean>>()
  const unansweredAt = new Map<string, number>()

  const prove: ProveWrite = async (connection, target, application, link) => {
    const name = `write-seen:${connection}:${target.name}`
    const earlier = proofs.get(name)
    if (earlier && (await earlier)) return
    if (now() - (unansweredAt.get(name) ?? Number.NEGATIVE_INFINITY) < UNANSWERED_MS) return
    const proof = look(name, target, application, link).catch((error: unknown) => {
      if (!isNoAnswer(error)) throw error
      unansweredAt.set(name, now())
      return false
    })
    proofs.set(
      name,
      proof.catch(() => false),
    )
    await proof
  }

  const look = async (name: string, target: WriteTarget, application: Application, link: string) => {
    if ((await cache.get(name)) !== undefined) return true
    for (let looks = 1; !(await target.isWritten?.(application, link)); looks += 1) {
      if (looks === LOOKS) throw new PermanentError('write-not-visible')
      await pause(LOOK_EVERY_MS)
    }
    await cache.set(name, '', HOLDS_MS)
    return true
  }

  return prove
}

/** The ATS or the store, rather than the write, is what fails. */
function isNoAnswer(error: unknown): boolean {
  const isOther = error instanceof PermanentError && error.reason !== 'write-not-visible'
  return isOther || error instanceof RetryableError || error instanceof StoreUnavailableError
}
