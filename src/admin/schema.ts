import { z } from 'zod'
import { deliveryStates, type TimelineEntry } from '../domain/delivery.ts'
import {
  type DeliveryReason,
  deadReasons,
  deliveredReasons,
  ignoredReasons,
  lapsedReasons,
  refusedReasons,
  requestReasons,
  retryingReasons,
} from '../domain/reasons.ts'
import { ERASED_ID } from '../journal/journal.ts'

const reasonNames = Object.keys({ ...deliveredReasons, ...retryingReasons, ...lapsedReasons, ...deadReasons })
const state = z.enum(deliveryStates)
const reason = z.enum(reasonNames as [DeliveryReason, ...DeliveryReason[]])
const time = z.iso.datetime().describe('ISO 8601, UTC')
const unknownable = <Schema extends z.ZodType>(schema: Schema) => schema.nullable()

const paging = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).describe('`nextCursor` of the page before').exactOptional(),
}

/** Query of `GET /api/deliveries`; an empty value is as good as none. */
export const deliveriesQuery = z.strictObject({
  state: state.exactOptional(),
  reason: reason.exactOptional(),
  connection: z.string().exactOptional(),
  q: z.string().trim().max(200).describe('Id of a delivery, an application or a candidate, whole').exactOptional(),
  ...paging,
})

const webhookReasons = Object.keys({ ...ignoredReasons, ...refusedReasons, ...requestReasons })

/** Query of `GET /api/webhooks`. */
export const webhooksQuery = z.strictObject({
  outcome: z.enum(['ignored', 'refused']).exactOptional(),
  reason: z.enum(webhookReasons).exactOptional(),
  connection: z.string().exactOptional(),
  q: z.string().trim().max(200).describe('Id of an application or a candidate, whole').exactOptional(),
  ...paging,
})

/** States from which a person can have a delivery tried again. */
export const replayableStates = ['dead', 'lapsed'] as const

/** Body of `POST /api/deliveries/replay`. */
export const replayBody = z.strictObject({
  state: z.enum(replayableStates),
  connection: z.string().min(1).exactOptional(),
  reason: reason.exactOptional(),
  before: time.describe('Only what has stood there since; now if left out').exactOptional(),
  perMinute: z
    .int()
    .min(1)
    .max(1_000)
    .describe('How many have their turn in a minute; all at once if left out')
    .exactOptional(),
  dryRun: z.boolean().default(false).describe('Says which, changes nothing'),
})

/** Body of `POST /api/deliveries/{id}/link`. */
export const linkBody = z.strictObject({ interviewLink: z.string().trim().min(1).max(2_000) })

/** Body of `POST /api/candidates/forget`. The connection may be one that is no longer configured. */
export const forgetBody = z.strictObject({
  connection: z.string().min(1).max(200),
  // Not coerced: `null` from a script with an empty variable would become an id, and nobody be reported as erased.
  candidateId: z
    .union([z.string().trim().min(1).max(200), z.int().min(0)])
    .transform(String)
    .refine((id) => id !== ERASED_ID, 'stands for those who have been erased already, and is nobody’s id'),
})

/** A delivery as it is shown. */
export const shownDelivery = z.object({
  id: z.string(),
  state,
  reason: unknownable(reason),
  connection: z.string(),
  ats: z.string(),
  applicationId: z.string(),
  candidateId: z.string(),
  jobId: unknownable(z.string()),
  jobName: unknownable(z.string()),
  stageId: z.string(),
  stageName: unknownable(z.string()),
  interviewer: z.string(),
  interviewId: unknownable(z.string()),
  interviewLink: unknownable(z.string()),
  attempts: z.int(),
  nextAttemptAt: unknownable(time),
  receivedAt: time,
  updatedAt: time,
})

const steps = ['receive', 'load', 'interview', 'write-back', 'replay', 'erase'] as const
steps satisfies readonly TimelineEntry['step'][]

/** A delivery with its history. */
export const shownWithTimeline = shownDelivery.extend({
  timeline: z.array(
    z.object({
      at: time,
      step: z.enum(steps),
      outcome: z.string().describe('A fixed word, or a write target’s name and one'),
      reason: reason.exactOptional(),
      durationMs: z.number().exactOptional(),
    }),
  ),
})

/** Answer of `GET /api/deliveries`. */
export const deliveriesAnswer = z.object({
  items: z.array(shownDelivery),
  nextCursor: unknownable(z.string()),
  counts: z.record(state, z.int()),
})

/** Answer of a replay of one, and of a link given. */
export const queuedAnswer = z.object({ id: z.string(), state: z.literal('queued') })

/** Answer of `POST /api/deliveries/replay`. */
export const replayAnswer = z.object({
  dryRun: z.boolean(),
  before: time,
  matching: z.int().describe('How many the call is about, 1,000 at most'),
  more: z.boolean().describe('There are more: call again'),
  ids: z.array(z.string()).describe('Dry run: those it would try again; else those put back in line'),
  skipped: z.int().describe('Had changed meanwhile, and were left alone'),
  lastTurnAt: time.describe('When the last of them has its turn, the oldest having it first'),
})

/** Answer of `GET /api/webhooks`. */
export const webhooksAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      at: time,
      connection: z.string().describe('Of a refused one: what its sender wrote, or empty'),
      outcome: z.enum(['ignored', 'refused']),
      reason: z.enum(webhookReasons),
      applicationId: unknownable(z.string()),
      candidateId: unknownable(z.string()),
      stage: unknownable(z.string()),
      job: unknownable(z.string()),
    }),
  ),
  nextCursor: unknownable(z.string()),
})

/** Answer of `POST /api/candidates/forget`: what this call erased. */
export const forgetAnswer = z.object({
  connection: z.string(),
  erased: z
    .object({ deliveries: z.int(), interviews: z.int(), writeBacks: z.int() })
    .describe('What this call erased. A repeat, also one after a 503, counts only what was left.'),
})

/** Every answer but success. */
export const errorAnswer = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

/** Drops the keys of a query that were left empty. */
export function withoutBlanks(query: unknown): unknown {
  return Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== ''))
}
