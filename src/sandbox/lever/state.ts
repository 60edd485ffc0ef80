/**
 * What tests and the demo do to the Lever sandbox and read from it, beside its HTTP API.
 * @see lever.md sections 1.2, 1.4 and 1.5
 */
import { z } from 'zod'
import { command } from '../control-api.ts'
import { type SendOptions, type Sent, sendWebhook } from '../send-webhook.ts'
import { signedLeverWebhook } from '../sign.ts'
import type { LeverAccount } from './account.ts'
import { type NewOpportunity, newOpportunitySchema } from './model.ts'
import { type LeverRow, noteRow } from './records.ts'
import { archiveChangeEvent, connectionTest, deletedEvent, type LeverEvent, stageChangeEvent } from './webhooks.ts'

/** How a webhook is signed and posted. */
export interface SendLeverOptions extends SendOptions {
  /** Default: the sandbox's. */
  readonly signingToken?: string
  /** The webhook's own random token; default a fresh one. */
  readonly token?: string
  readonly triggeredAt?: number
}

/** The methods of the Lever sandbox beside those every sandbox has. */
export interface LeverState {
  /** @throws Error no such stage or contact */
  addOpportunity(given: NewOpportunity): { opportunityId: string; contactId: string; postingId: string | undefined }
  /** Moves to a stage, by name or id. @returns what the webhook tells */
  move(opportunityId: string, stage: string): LeverEvent
  archive(opportunityId: string): LeverEvent
  unarchive(opportunityId: string): LeverEvent
  anonymise(contactId: string): void
  /** Deletes the opportunity; reading it is then 404. @returns what the webhook tells */
  remove(opportunityId: string): LeverEvent
  setContactAllowed(contactId: string, isAllowed: boolean): void
  setSnoozedUntil(opportunityId: string, until: number | null): void
  /** Adds one more resume, by default a small PDF that was processed. */
  addResume(opportunityId: string, resume: Parameters<LeverAccount['addResume']>[1]): void
  /** Id of a stage by its name. @throws Error no such stage */
  stageId(name: string): string
  /** Notes as the API lists them, oldest first, those still lagging included. */
  notesOf(opportunityId: string): readonly LeverRow[]
  /** Texts of the notes, oldest first. */
  noteTextsOf(opportunityId: string): readonly string[]
  /** Links, which all opportunities of one contact share. */
  linksOf(opportunityId: string): readonly string[]
  tagsOf(opportunityId: string): readonly string[]
  /** What the button "test connection" sends. */
  connectionTest(): LeverEvent
  /** Signs and posts a webhook; accepted is any 2xx. */
  sendWebhook(url: string, event: LeverEvent, options?: SendLeverOptions): Promise<Sent>
}

/** Makes the methods over an account. @param signingToken with which webhooks are signed unless told otherwise */
export function leverState(account: LeverAccount, signingToken: string): LeverState {
  const setArchived = (opportunityId: string, isArchived: boolean) => {
    const opportunity = account.opportunity(opportunityId)
    const before = opportunity.archived
    account.setArchived(opportunityId, isArchived)
    return archiveChangeEvent(opportunity, before)
  }
  const notesOf = (opportunityId: string) => account.notes.filter((note) => note.opportunityId === opportunityId)
  return {
    addOpportunity: (given) => {
      const { id, contact, posting } = account.addOpportunity(given)
      return { opportunityId: id, contactId: contact.id, postingId: posting?.id }
    },
    move: (opportunityId, stage) => {
      const left = account.move(opportunityId, stage)
      return stageChangeEvent(account.opportunity(opportunityId), left)
    },
    archive: (opportunityId) => setArchived(opportunityId, true),
    unarchive: (opportunityId) => setArchived(opportunityId, false),
    anonymise: (contactId) => account.anonymise(contactId),
    remove: (opportunityId) => {
      const deleted = deletedEvent(account.opportunity(opportunityId))
      account.opportunities.delete(opportunityId)
      return deleted
    },
    setContactAllowed: (contactId, isAllowed) => {
      account.contact(contactId).contactAllowed = isAllowed
    },
    setSnoozedUntil: (opportunityId, until) => {
      account.opportunity(opportunityId).snoozedUntil = until
    },
    addResume: (opportunityId, resume) => account.addResume(opportunityId, resume),
    stageId: (name) => account.stage(name).id,
    notesOf: (opportunityId) => notesOf(opportunityId).map(noteRow),
    noteTextsOf: (opportunityId) => notesOf(opportunityId).map(({ value }) => value),
    linksOf: (opportunityId) => account.opportunity(opportunityId).contact.links,
    tagsOf: (opportunityId) => account.opportunity(opportunityId).tags,
    connectionTest: () => connectionTest,
    sendWebhook: (url, { event, data }, options = {}) => {
      const webhook = signedLeverWebhook(event, data, options.signingToken ?? signingToken, options)
      return sendWebhook(url, webhook, (status) => status >= 200 && status < 300, options)
    },
  }
}

const one = z.strictObject({ opportunityId: z.string() })
const move = z.strictObject({ opportunityId: z.string(), stage: z.string() })
const anonymise = z.strictObject({ contactId: z.string() })
const webhook = z.strictObject({ event: z.string(), data: z.record(z.string(), z.unknown()) })
const send = z.strictObject({ url: z.url(), webhook, resendAfterMs: z.array(z.number()).default([]) })

/** The same by the control API. */
export function leverCommands(state: LeverState) {
  return {
    'add-opportunity': command(newOpportunitySchema, (given) => state.addOpportunity(given)),
    move: command(move, (given) => state.move(given.opportunityId, given.stage)),
    archive: command(one, (given) => state.archive(given.opportunityId)),
    unarchive: command(one, (given) => state.unarchive(given.opportunityId)),
    anonymise: command(anonymise, (given) => state.anonymise(given.contactId)),
    remove: command(one, (given) => state.remove(given.opportunityId)),
    written: command(one, ({ opportunityId }) => {
      const written = { links: state.linksOf(opportunityId), tags: state.tagsOf(opportunityId) }
      return { notes: state.noteTextsOf(opportunityId), ...written }
    }),
    'send-webhook': command(send, (given) => state.sendWebhook(given.url, given.webhook, given)),
  }
}
