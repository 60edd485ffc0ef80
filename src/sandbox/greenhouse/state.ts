/**
 * What tests and the demo do to the Greenhouse sandbox and read from it, beside its HTTP API.
 * @see greenhouse.md sections 1.2, 1.5 and 1.7
 */
import { z } from 'zod'
import { command } from '../control-api.ts'
import { type SendOptions, type Sent, sendWebhook } from '../send-webhook.ts'
import { signedGreenhouseWebhook } from '../sign.ts'
import type { GreenhouseAccount } from './account.ts'
import {
  type Application,
  type CustomField,
  type NewCandidate,
  newCandidateSchema,
  newCustomFieldSchema,
} from './model.ts'
import { applicationPayload, type GreenhousePayload, personOf, pingPayload } from './payload.ts'
import { noteRow, type Row } from './records.ts'

/** How a webhook is signed and posted. */
export interface SendGreenhouseOptions extends SendOptions {
  /** Default: the sandbox's. */
  readonly secret?: string
  readonly eventId?: string
}

/** The methods of the Greenhouse sandbox beside those every sandbox has. */
export interface GreenhouseState {
  /** @throws Error no such job, or the job has no such stage */
  addCandidate(given: NewCandidate): { candidateId: number; applicationId: number }
  /** @returns the job's id and its stages' ids by name */
  addJob(name: string, stages?: readonly string[]): { jobId: number; stageIds: Readonly<Record<string, number>> }
  addCustomField(field: Pick<CustomField, 'on' | 'key' | 'type'>): void
  /** Moves to a stage of the job. @returns the webhook's body. @throws Error no such application or stage */
  move(applicationId: number, stageName: string): GreenhousePayload
  reject(applicationId: number): GreenhousePayload
  unreject(applicationId: number): GreenhousePayload
  hire(applicationId: number): GreenhousePayload
  anonymise(candidateId: number): GreenhousePayload
  /** Deletes a candidate. */
  remove(candidateId: number): GreenhousePayload
  /** Merges a candidate into another one. */
  merge(candidateId: number, into: number): GreenhousePayload
  setCanEmail(candidateId: number, canEmail: boolean): void
  /** Attaches one more file, a small PDF whatever its name says. @param type e.g. `resume`, `cover_letter` */
  attach(applicationId: number, filename: string, type: string): void
  /** Notes on an application as the API lists them, oldest first, those still lagging included. */
  notesOf(applicationId: number): readonly Row[]
  /** Value of an application's custom field; null where empty. */
  fieldOf(applicationId: number, key: string): unknown
  candidateFieldOf(candidateId: number, key: string): unknown
  /** The body of any other event that carries the application, e.g. `new_candidate_application`. */
  payloadOf(applicationId: number, action: string): GreenhousePayload
  /** The body sent when somebody saves the webhook. */
  ping(endpointUrl: string): GreenhousePayload
  /** Signs and posts a webhook; accepted is exactly 200. */
  sendWebhook(url: string, payload: GreenhousePayload, options?: SendGreenhouseOptions): Promise<Sent>
}

/**
 * Makes the methods over an account.
 * @param webhookSecret with which webhooks are signed unless told otherwise
 * @param origin the sandbox's own address, for the files' addresses in webhooks
 */
export function greenhouseState(
  account: GreenhouseAccount,
  webhookSecret: string,
  origin: () => string,
): GreenhouseState {
  const payloadOf = (applicationId: number, action: string) =>
    applicationPayload(account, account.application(applicationId), action, origin())
  const setStatus = (applicationId: number, status: Application['status'], action: string) => {
    account.setStatus(applicationId, status)
    return payloadOf(applicationId, action)
  }
  return {
    addCandidate: (given) => account.addCandidate(given),
    addJob: (name, stages) => {
      const job = account.addJob(name, stages)
      return { jobId: job.id, stageIds: Object.fromEntries(job.stages.map((stage) => [stage.name, stage.id])) }
    },
    addCustomField: ({ on, key, type }) => account.addCustomField(on, key, type),
    move: (applicationId, stageName) => {
      account.move(applicationId, stageName)
      return payloadOf(applicationId, 'candidate_stage_change')
    },
    reject: (applicationId) => setStatus(applicationId, 'rejected', 'reject_candidate'),
    unreject: (applicationId) => setStatus(applicationId, 'active', 'unreject_candidate'),
    hire: (applicationId) => setStatus(applicationId, 'hired', 'hire_candidate'),
    anonymise: (candidateId) => {
      account.anonymise(candidateId)
      const payload = { candidate_id: candidateId, anonymized_fields: ['full_name', 'emails', 'attachments'] }
      return { action: 'candidate_anonymized', payload }
    },
    remove: (candidateId) => {
      const person = personOf(account, candidateId)
      return {
        action: 'delete_candidate',
        payload: { person: { ...person, deleted_application_ids: account.remove(candidateId) } },
      }
    },
    merge: (candidateId, into) => {
      const person = personOf(account, candidateId)
      account.merge(candidateId, into)
      return { action: 'merge_candidate', payload: { person: { ...person, new_candidate_id: into } } }
    },
    setCanEmail: (candidateId, canEmail) => {
      account.candidate(candidateId).canEmail = canEmail
    },
    attach: (applicationId, filename, type) => account.attach(applicationId, filename, type),
    notesOf: (applicationId) => account.notes.filter((note) => note.applicationId === applicationId).map(noteRow),
    fieldOf: (applicationId, key) => account.application(applicationId).customFields.get(key) ?? null,
    candidateFieldOf: (candidateId, key) => account.candidate(candidateId).customFields.get(key) ?? null,
    payloadOf,
    ping: (endpointUrl) => pingPayload(endpointUrl, account.tick()),
    sendWebhook: (url, payload, options = {}) => {
      const webhook = signedGreenhouseWebhook(payload, options.secret ?? webhookSecret, options)
      return sendWebhook(url, webhook, (status) => status === 200, options)
    },
  }
}

const merge = z.strictObject({ candidateId: z.number(), into: z.number() })
const one = z.strictObject({ applicationId: z.number() })
const move = z.strictObject({ applicationId: z.number(), stage: z.string() })
const anonymise = z.strictObject({ candidateId: z.number() })
const webhook = z.strictObject({ action: z.string(), payload: z.record(z.string(), z.unknown()) })
const send = z.strictObject({ url: z.url(), webhook, resendAfterMs: z.array(z.number()).default([]) })

/** The same by the control API. */
export function greenhouseCommands(state: GreenhouseState) {
  return {
    'add-candidate': command(newCandidateSchema, (given) => state.addCandidate(given)),
    'add-custom-field': command(newCustomFieldSchema, (given) => state.addCustomField(given)),
    move: command(move, (given) => state.move(given.applicationId, given.stage)),
    reject: command(one, (given) => state.reject(given.applicationId)),
    unreject: command(one, (given) => state.unreject(given.applicationId)),
    anonymise: command(anonymise, (given) => state.anonymise(given.candidateId)),
    remove: command(anonymise, (given) => state.remove(given.candidateId)),
    merge: command(merge, (given) => state.merge(given.candidateId, given.into)),
    written: command(one, ({ applicationId }) => {
      return { notes: state.notesOf(applicationId), field: state.fieldOf(applicationId, 'ai_interview_link') }
    }),
    'send-webhook': command(send, (given) => state.sendWebhook(given.url, given.webhook, given)),
  }
}
