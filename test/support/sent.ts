import { expect } from 'vitest'
import type { Sent } from '../../src/sandbox/send-webhook.ts'
import type { Taken } from './until-taken.ts'

/** The deliveries that the answer to a webhook names. */
export function deliveryIds(sent: Sent | undefined): readonly string[] {
  return (sent?.body as { deliveries?: readonly string[] } | undefined)?.deliveries ?? []
}

/** Of so many different webhooks each is queued once, and a duplicate otherwise; a refusal may have hidden the one. */
export function expectQueued(times: number, answers: readonly Taken<Sent>[]): void {
  const statuses = answers.map(({ body }) => (body as { status: string }).status)
  const queued = statuses.filter((status) => status === 'queued').length
  const refusals = answers.reduce((sum, answer) => sum + answer.refusals, 0)
  expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(answers.length - queued)
  expect(queued).toBeLessThanOrEqual(times)
  expect(queued + refusals).toBeGreaterThanOrEqual(times)
}
