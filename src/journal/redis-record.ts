import type { Delivery, DeliveryState } from '../domain/delivery.ts'
import type { DeliveryReason } from '../domain/reasons.ts'
import type { JournalEntry } from './journal.ts'
import { present } from './records.ts'

/** A record's hash as Redis gives it; empty where there is none. */
export type RedisRecord = Readonly<Record<string, string | undefined>>

/** Fields and values, one after the other, without those that are absent. */
export function toPairs(fields: object): (string | number)[] {
  return Object.entries(present(fields)).flat() as (string | number)[]
}

/** The delivery a record is about. */
export function toDelivery(record: RedisRecord): Delivery {
  const text = (name: string) => record[name] ?? ''
  const { stageName, jobId, jobName } = record
  return {
    id: text('id'),
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
  const { reason, nextAttemptAt, person } = record
  return {
    ...toDelivery(record),
    state: record['state'] as DeliveryState,
    ...(reason !== undefined && { reason: reason as DeliveryReason }),
    attempts: Number(record['attempts']),
    ...(nextAttemptAt !== undefined && { nextAttemptAt: Number(nextAttemptAt) }),
    updatedAt: Number(record['updatedAt']),
    ...(person !== undefined && { person }),
  }
}
