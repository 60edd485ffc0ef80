import type { JobsOptions } from 'bullmq'
import { z } from 'zod'
import type { Purpose } from '../budget/limit.ts'
import type { Delivery } from '../domain/delivery.ts'

/** Name of the one queue. */
export const QUEUE = 'deliveries'

/** Name of the jobs that hold a batch. */
export const SPREAD = 'spread'

/** Whether a webhook told of the delivery, or a sweep found it. */
export type DeliveryPurpose = Exclude<Purpose, 'sweep'>

/** Those without a priority go before all that have one. @see bullmq6.md section 5, "Limits" */
const priorities: Readonly<Record<DeliveryPurpose, number>> = { live: 0, swept: 1 }

const VERSION = 1

const delivery = z.object({
  id: z.string().min(1),
  connection: z.string(),
  ats: z.string(),
  routeId: z.string(),
  interviewer: z.string(),
  applicationId: z.string(),
  candidateId: z.string(),
  stageId: z.string(),
  stageName: z.string().exactOptional(),
  jobId: z.string().exactOptional(),
  jobName: z.string().exactOptional(),
  receivedAt: z.number(),
})

/** A delivery that is to be queued. */
export interface Accepted {
  readonly delivery: Delivery
  readonly purpose: DeliveryPurpose
  /** The trace that it goes on with. */
  readonly telemetry?: NonNullable<JobsOptions['telemetry']>
}

const accepted = z.object({
  delivery,
  purpose: z.enum(['live', 'swept']),
  telemetry: z
    .object({ metadata: z.string().exactOptional(), omitContext: z.boolean().exactOptional() })
    .exactOptional(),
})

const queued = z.union([
  z.object({ v: z.literal(VERSION), delivery }),
  z.object({ v: z.literal(VERSION), batch: z.array(accepted) }),
])

/**
 * What the store's queue holds: a delivery, or a batch of those that came together and have yet to be queued one by
 * one. Ids, never names of people.
 */
export type Queued = { readonly v: number } & (
  | { readonly delivery: Delivery }
  | { readonly batch: readonly Accepted[] }
)

/** The delivery as the queue holds it. */
export function toQueued(given: Delivery): Queued {
  return { v: VERSION, delivery: given }
}

/** The batch as the queue holds it. */
export function toBatch(batch: readonly Accepted[]): Queued {
  return { v: VERSION, batch }
}

/** What the queue held; undefined when another version of the bridge queued it in another form. */
export function fromQueued(data: unknown): Queued | undefined {
  return queued.safeParse(data).data
}

/** The queue's id for a delivery's round: a replay is a new round, since the old one may not have left the queue yet. */
export function queuedId(deliveryId: string, round: number): string {
  return round === 0 ? deliveryId : `${deliveryId}_${round}`
}

/** Whose round a queue's id stands for. What follows the first underscore is the delivery's own, even if it is all digits. */
export function deliveryIdOf(id: string | undefined): string {
  return id?.replace(/(?<=_.*)_\d+$/, '') ?? ''
}

/** The queue's priority of a purpose's deliveries. */
export const priorityOf = (purpose: DeliveryPurpose): number => priorities[purpose]

/** For what purpose a delivery of that priority was queued. */
export const purposeOf = (priority: number | undefined): DeliveryPurpose =>
  priority === priorities.swept ? 'swept' : 'live'
