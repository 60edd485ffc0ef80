import { hash } from 'node:crypto'
import type { Route } from './connection.ts'
import type { DeliveryReason } from './reasons.ts'
import type { StageChange } from './stage-change.ts'

/** One stage change carried along one route. Ids and company data only; this is all that the queue holds. */
export interface Delivery {
  readonly id: string
  readonly connection: string
  readonly ats: string
  readonly routeId: string
  readonly interviewer: string
  readonly applicationId: string
  readonly candidateId: string
  readonly stageId: string
  readonly stageName?: string | undefined
  readonly jobId?: string | undefined
  readonly jobName?: string | undefined
  /** Epoch milliseconds. */
  readonly receivedAt: number
}

export const deliveryStates = ['queued', 'running', 'retrying', 'delivered', 'lapsed', 'dead'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** States in which nothing more happens by itself. */
export const finalStates: ReadonlySet<DeliveryState> = new Set(['delivered', 'lapsed', 'dead'])

/** What the journal knows of a delivery beside what it is. Times in epoch milliseconds. */
export interface DeliveryStatus {
  readonly state: DeliveryState
  readonly reason?: DeliveryReason
  /** From 0: a replay begins another. */
  readonly round: number
  /** Tries made so far, counted from 1; waiting for a limit is none. */
  readonly attempts: number
  readonly nextAttemptAt?: number
  /** When the first attempt of this round began, once it has, moved up by waits that do not count. */
  readonly roundStartedAt?: number
  /** Since when credentials have been refused without a break. */
  readonly refusedSince?: number
  readonly updatedAt: number
  /** Key of the person's interview in the ledger, once known. */
  readonly person?: string
}

/** One line of a delivery's history. Never holds text from outside. */
export interface TimelineEntry {
  readonly at: number
  readonly step: 'receive' | 'load' | 'interview' | 'write-back' | 'replay' | 'erase'
  /** A fixed word, or a write target's name followed by one. */
  readonly outcome: string
  readonly reason?: DeliveryReason
  readonly durationMs?: number
}

const digest = (...parts: readonly string[]): string => hash('sha256', JSON.stringify(parts)).slice(0, 26)

/** Whether a database takes a text: not with NUL, nor with half of a surrogate pair. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/** The same without what a database does not take in a text. Few have any. */
export function storable<Texts extends object>(texts: Texts): Texts {
  if (isStorable(Object.values(texts).join(' '))) return texts
  const plain = (value: unknown) => (typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value)
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, plain(value)])) as Texts
}

/** What is held while a delivery is at work on an application, so that no other one is. */
export function leaseName({ connection, applicationId }: Pick<Delivery, 'connection' | 'applicationId'>): string {
  return `application:${connection}:${applicationId}`
}

/** The form in which names of stages and jobs are compared. */
export const comparable = (name: string): string => name.trim().toLowerCase()

/**
 * The identity of a route: a second note for one application is prevented per route, so the identity must not
 * change with a route's wording, questions or jobs. Two routes that share it are a configuration error.
 */
export function routeId(connection: string, stage: string, interviewer: string): string {
  return `rt_${digest(connection, comparable(stage), interviewer.toLowerCase())}`
}

/**
 * The delivery that carries a stage change along a route. Its id stops two duplicates: the same webhook sent again,
 * and the same webhook received twice at once. The same move told by another webhook with another mark makes a second
 * delivery; the ledger stops that one. BullMQ takes the form as a job id (no colon, not digits only).
 */
export function makeDelivery(ats: string, route: Route, change: StageChange, receivedAt: number): Delivery {
  const id = `dlv_${digest(route.id, change.applicationId, change.stageId, change.mark)}`
  const { id: routeId, connection, interviewer } = route
  const { applicationId, candidateId, stageId, stageName, jobId, jobName } = storable(change)
  return {
    id,
    connection,
    ats,
    routeId,
    interviewer,
    applicationId,
    candidateId,
    stageId,
    stageName,
    jobId,
    jobName,
    receivedAt,
  }
}
