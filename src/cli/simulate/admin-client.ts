import { setTimeout as pause } from 'node:timers/promises'
import type { ShownStep } from './timeline-words.ts'

const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = 250
const finalStates = ['delivered', 'lapsed', 'dead']

/** A delivery as the admin API shows it, as far as it is told here. */
export interface ShownDelivery {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly interviewLink: string | null
  readonly nextAttemptAt: string | null
  readonly timeline: readonly ShownStep[]
}

/** Why the admin API could not be asked, as a sentence. */
export class AdminRefusedError extends Error {
  override readonly name = 'AdminRefusedError'
}

/** @throws AdminRefusedError */
export async function fetchDelivery(url: string, password: string, id: string): Promise<ShownDelivery> {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const response = await fetch(`${url}/api/deliveries/${encodeURIComponent(id)}`, {
    headers: { authorization },
    signal,
  })
  if (response.status === 401)
    throw new AdminRefusedError(
      'The service has another ADMIN_PASSWORD than the one here: restart it, or correct .env.',
    )
  if (response.status === 404)
    throw new AdminRefusedError('The service has no admin API: start it with ADMIN_PASSWORD set.')
  if (response.status !== 200) throw new AdminRefusedError(`The admin API answers ${response.status}.`)
  return (await response.json()) as ShownDelivery
}

/**
 * Follows a delivery until it has ended or the deadline has passed, telling each step once.
 * @throws AdminRefusedError
 */
export async function follow(
  look: () => Promise<ShownDelivery>,
  onStep: (step: ShownStep) => void,
  deadlineMs: number,
): Promise<ShownDelivery> {
  const giveUpAt = performance.now() + deadlineMs
  let told = 0
  for (;;) {
    const delivery = await look()
    for (const step of delivery.timeline.slice(told)) onStep(step)
    told = delivery.timeline.length
    if (finalStates.includes(delivery.state) || performance.now() >= giveUpAt) return delivery
    await pause(LOOK_AGAIN_MS)
  }
}
