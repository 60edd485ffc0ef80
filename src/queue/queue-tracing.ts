import type { JobsOptions, QueueBaseOptions } from 'bullmq'

/** How a trace gets across the queue. */
export interface QueueTracing {
  /** What BullMQ makes its spans with. */
  readonly telemetry: NonNullable<QueueBaseOptions['telemetry']>
  /**
   * What is to travel with a delivery that is accepted now. Each has its own: deliveries are queued many at a time, and
   * BullMQ would give them all the trace of whoever was first.
   */
  carried(): NonNullable<JobsOptions['telemetry']>
}
