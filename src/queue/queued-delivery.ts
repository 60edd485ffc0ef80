import { z } from 'zod'
import type { Purpose } from '../budget/limit.ts'
import type { Delivery } from '../domain/delivery.ts'

/** Name of the one queue. */
export const QUEUE = 'deliveries'

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

const queued = z.object({ v: z.literal(VERSION), delivery })

/** What the store's queue holds of a delivery: ids, never names of people. */
export type QueuedDelivery = { readonly v: number; readonly delivery: Delivery }

/** The delivery as the queue holds it. */
export function toQueued(given: Delivery): QueuedDelivery {
  return { v: VERSION, delivery: given }
}

/** The delivery that the queue held; undefined when another version of the bridge queued it in another form. */
export function fromQueued(data: unknown): Delivery | undefined {
  return queued.safeParse(data).data?.delivery
}

/** The queue's id for a delivery's round: a replay is a new round, since the old one may not have left the queue yet. */
export function queuedId(deliveryId: string, round: number): string {
  return round === 0 ? deliveryId : `${deliveryId}_${round}`
}

/** The queue's priority of a purpose's deliveries. */
export const priorityOf = (purpose: DeliveryPurpose): number => priorities[purpose]

/** For what purpose a delivery of that priority was queued. */
export const purposeOf = (priority: number | undefined): DeliveryPurpose =>
  priority === priorities.swept ? 'swept' : 'live'
