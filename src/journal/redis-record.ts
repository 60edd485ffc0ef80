import type { Delivery, DeliveryState, TimelineEntry } from '../domain/delivery.ts'
import type { DeliveryReason } from '../domain/reasons.ts'
import type { JournalEntry } from './journal.ts'

/** A record's hash as Redis gives it, and the id that is in its name. */
export interface RedisRecord extends Readonly<Record<string, string | undefined>> {
  readonly id: string
  readonly state: DeliveryState
}

/** Fields and values, one after the other, without those that are absent. */
export function toPairs(fields: object): string[] {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) pairs.push(name, String(value))
  return pairs
}

/** The fields of a record that has just been received: all but its id, which is in its name. */
export function deliveryFields({ id: _, ...fields }: Delivery): string[] {
  return toPairs({ ...fields, updatedAt: fields.receivedAt })
}

/** Which round a record is in, from 0. */
export function toRound(record: RedisRecord): number {
  return Number(record['round'] ?? 0)
}

/** A timeline entry as its list holds it: without names, which would be most of it. */
export function toLine({ at, step, outcome, reason, durationMs }: TimelineEntry): string {
  return JSON.stringify([at, step, outcome, durationMs ?? null, ...(reason ? [reason] : [])])
}

/** The entry of a line. */
export function fromLine(line: string): TimelineEntry {
  const [at, step, outcome, durationMs, reason] = JSON.parse(line) as [
    number,
    TimelineEntry['step'],
    string,
    number | null,
    DeliveryReason?,
  ]
  return { at, step, outcome, ...(reason && { reason }), ...(durationMs !== null && { durationMs }) }
}

/** The delivery a record is about. */
export function toDelivery(record: RedisRecord): Delivery {
  const text = (name: string) => record[name] ?? ''
  const { stageName, jobId, jobName } = record
  return {
    id: record.id,
    connection: text('connection'),
    ats: text('ats'),
    routeId: text('routeId'),
    interviewer: text('interviewer'),
    applicationId: text('applicationId'),
    candidateId: text('candidateId'),
    stageId: text('stageId'),
    ...(stageName !== undefined && { stageName }),
    ...(jobId !== undefined && { jobId }),
    ...(jobName !== undefined && { jobName }),
    receivedAt: Number(record['receivedAt']),
  }
}

/** The record as people see it. */
export function toEntry(record: RedisRecord): JournalEntry {
  const { reason, nextAttemptAt, roundStartedAt, refusedSince, person } = record
  return {
    ...toDelivery(record),
    state: record.state,
    ...(reason !== undefined && { reason: reason as DeliveryReason }),
    round: toRound(record),
    attempts: Number(record['attempts'] ?? 0),
    ...(nextAttemptAt !== undefined && { nextAttemptAt: Number(nextAttemptAt) }),
    ...(roundStartedAt !== undefined && { roundStartedAt: Number(roundStartedAt) }),
    ...(refusedSince !== undefined && { refusedSince: Number(refusedSince) }),
    updatedAt: Number(record['updatedAt']),
    ...(person !== undefined && { person }),
  }
}
