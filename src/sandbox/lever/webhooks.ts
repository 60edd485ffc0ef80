/**
 * Lever's webhook subscriptions, and what its webhooks tell.
 * @see lever.md sections 1.1 and 1.5; fixtures recorded-webhook-create.json and recorded-webhooks-list.json
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Answer, type Call, jsonObject } from '../call.ts'
import type { LeverAccount } from './account.ts'
import type { LeverStage, Opportunity } from './model.ts'
import { allowOnly } from './paging.ts'
import { webhookRow } from './records.ts'
import { leverRefusal, notFound } from './refusals.ts'

const allOrigins = ['applied', 'sourced', 'referred', 'university', 'internal', 'agency'] as const

const events = [
  'applicationCreated',
  'candidateHired',
  'candidateStageChange',
  'candidateArchiveChange',
  'candidateDeleted',
  'interviewCreated',
  'interviewUpdated',
  'interviewDeleted',
  'contactCreated',
  'contactUpdated',
] as const

const request = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  event: z.enum(events),
  configuration: z
    .strictObject({ conditions: z.strictObject({ origins: z.array(z.enum(allOrigins)).min(1) }) })
    .optional(),
})

/** `POST /webhooks`: 201 with the signing token, which no later answer has. Same event and address twice is taken. */
export function createWebhook(call: Call, account: LeverAccount): Answer {
  const parsed = request.safeParse(jsonObject(call))
  if (!parsed.success) throw leverRefusal(400, 'Invalid parameters')
  const { url, event, configuration } = parsed.data
  const origins = configuration?.conditions.origins ?? [...allOrigins]
  const signatureToken = randomBytes(24).toString('hex')
  const webhook = { id: randomUUID(), event, url, origins, signatureToken, createdAt: account.tick() }
  account.webhooks.push(webhook)
  const data = { ...webhookRow(webhook), configuration: { conditions: { origins }, signatureToken } }
  return { status: 201, body: { data } }
}

/** `GET /webhooks`: one page, and no word of a next one. */
export function listWebhooks(call: Call, account: LeverAccount): Answer {
  allowOnly(call, [])
  return { status: 200, body: { data: account.webhooks.map(webhookRow) } }
}

/** `DELETE /webhooks/:id`. @throws Refusal 404 */
export function deleteWebhook(call: Call, account: LeverAccount): Answer {
  const id = call.params[0] ?? ''
  if (!account.webhooks.some((webhook) => webhook.id === id)) throw notFound('webhooks', id)
  account.webhooks = account.webhooks.filter((webhook) => webhook.id !== id)
  return { status: 204 }
}

/** A webhook before it is signed. */
export interface LeverEvent {
  readonly event: string
  /** Ids only. */
  readonly data: Readonly<Record<string, unknown>>
}

const idsOf = ({ id, candidateId, contact }: Opportunity) => {
  return { opportunityId: id, candidateId, contactId: contact.id }
}

/** @param left the stage the opportunity came from */
export function stageChangeEvent(opportunity: Opportunity, left: LeverStage): LeverEvent {
  const stages = { toStageId: opportunity.stage.id, fromStageId: left.id }
  return { event: 'candidateStageChange', data: { ...idsOf(opportunity), ...stages } }
}

/** @param before what `archived` was */
export function archiveChangeEvent(opportunity: Opportunity, before: Opportunity['archived']): LeverEvent {
  const change = { toArchived: opportunity.archived, fromArchived: before }
  return { event: 'candidateArchiveChange', data: { ...idsOf(opportunity), ...change } }
}

/** What is told of a deletion; beyond the opportunity's id nothing is documented. */
export function deletedEvent({ id }: Opportunity): LeverEvent {
  return { event: 'candidateDeleted', data: { opportunityId: id } }
}

/** What the button "test connection" sends. */
export const connectionTest: LeverEvent = { event: 'candidateHired', data: {} }
