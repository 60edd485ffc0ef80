/**
 * The state of the Lever sandbox and what a recruiter can do to it.
 * @see lever.md sections 3.1, 3.2 and 4
 */
import { randomUUID } from 'node:crypto'
import { strictClock } from '../clock.ts'
import { samplePdf } from '../people.ts'
import type {
  Contact,
  LeverNote,
  LeverStage,
  LeverUser,
  LeverWebhook,
  NewOpportunity,
  Opportunity,
  Posting,
  Resume,
} from './model.ts'

const entryStage: LeverStage = { id: 'applicant-new', text: 'New applicant' }

/** Stages of the account: slugs and UUIDs mixed, as in a real one. */
export const leverStages: readonly LeverStage[] = [
  { id: 'lead-new', text: 'New lead' },
  { id: 'lead-reached-out', text: 'Reached out' },
  { id: 'lead-responded', text: 'Responded' },
  entryStage,
  { id: '6f1d7c52-91a4-4b7e-8c3d-2a5b8e0f4d11', text: 'Recruiter screen' },
  { id: 'b3c0a9e8-4d2f-4e61-9a7b-5c8d1f2e3a44', text: 'AI Interview' },
  { id: 'd4e5f607-1829-4a3b-8c4d-5e6f70819203', text: 'On-site interview' },
  { id: 'offer', text: 'Offer' },
]

/** The reason under which opportunities are archived unless another is given. */
const archiveReason = '7a0b1c2d-3e4f-4051-8263-748596a7b8c9'

/** People, postings and what is written on them. */
export class LeverAccount {
  readonly stages = leverStages
  readonly users: LeverUser[]
  readonly postings = new Map<string, Posting>()
  readonly contacts = new Map<string, Contact>()
  readonly opportunities = new Map<string, Opportunity>()
  notes: LeverNote[] = []
  resumes: Resume[] = []
  webhooks: LeverWebhook[] = []
  readonly tick: () => number

  constructor(now: () => number) {
    this.tick = strictClock(now)
    const recruiting = { name: 'Riva Recruiting', email: 'recruiting@example.com' }
    this.users = [{ id: randomUUID(), ...recruiting, createdAt: this.tick() }]
  }

  clear(): void {
    for (const kept of [this.postings, this.contacts, this.opportunities]) kept.clear()
    this.notes = []
    this.resumes = []
    this.webhooks = []
  }

  addPosting(text: string): Posting {
    const posting = { id: randomUUID(), text, createdAt: this.tick() }
    this.postings.set(posting.id, posting)
    return posting
  }

  /** @throws Error no such stage or contact */
  addOpportunity(given: NewOpportunity): Opportunity {
    const contact = given.contactId === undefined ? this.#addContact(given) : this.contact(given.contactId)
    const stage = this.stage(given.stage ?? entryStage.id)
    const createdAt = this.tick()
    const opportunity: Opportunity = {
      id: randomUUID(),
      candidateId: randomUUID(),
      contact,
      posting: given.posting === null ? undefined : this.#posting(given.posting),
      applicationId: randomUUID(),
      stage,
      stageChanges: [{ toStageId: stage.id, toStageIndex: this.stages.indexOf(stage), updatedAt: createdAt }],
      archived: null,
      tags: [],
      isConfidential: given.confidential ?? false,
      snoozedUntil: null,
      createdAt,
      updatedAt: createdAt,
    }
    this.opportunities.set(opportunity.id, opportunity)
    if (given.resume !== undefined) this.addResume(opportunity.id, { name: given.resume, status: given.resumeStatus })
    return opportunity
  }

  /** @returns the stage left. @throws Error no such opportunity or stage */
  move(opportunityId: string, stageNameOrId: string): LeverStage {
    const opportunity = this.opportunity(opportunityId)
    const left = opportunity.stage
    const stage = this.stage(stageNameOrId)
    const updatedAt = this.tick()
    opportunity.stage = stage
    opportunity.stageChanges.push({ toStageId: stage.id, toStageIndex: this.stages.indexOf(stage), updatedAt })
    opportunity.updatedAt = updatedAt
    return left
  }

  /** Adds a file, by default a small PDF that was processed. @throws Error no such opportunity */
  addResume(
    opportunityId: string,
    {
      name,
      status = 'processed',
      bytes = samplePdf,
    }: Pick<Resume, 'name'> & {
      readonly status?: Resume['status'] | undefined
      readonly bytes?: Buffer
    },
  ): void {
    const { id } = this.opportunity(opportunityId)
    this.resumes.push({ id: randomUUID(), opportunityId: id, name, status, bytes, createdAt: this.tick() })
  }

  setArchived(opportunityId: string, isArchived: boolean): void {
    const opportunity = this.opportunity(opportunityId)
    opportunity.updatedAt = this.tick()
    opportunity.archived = isArchived ? { reason: archiveReason, archivedAt: opportunity.updatedAt } : null
  }

  anonymise(contactId: string): void {
    Object.assign(this.contact(contactId), { name: 'Anonymized', emails: [], isAnonymized: true })
  }

  /** @throws Error no such opportunity */
  opportunity(id: string): Opportunity {
    return found(this.opportunities.get(id), `opportunity ${id}`)
  }

  /** @throws Error no such contact */
  contact(id: string): Contact {
    return found(this.contacts.get(id), `contact ${id}`)
  }

  /** @throws Error no such stage */
  stage(nameOrId: string): LeverStage {
    return found(
      this.stages.find(({ id, text }) => id === nameOrId || text === nameOrId),
      `stage ${nameOrId}`,
    )
  }

  #posting(text: string): Posting {
    return [...this.postings.values()].find((posting) => posting.text === text) ?? this.addPosting(text)
  }

  #addContact({ name, email, contactAllowed = true }: NewOpportunity): Contact {
    const emails = email === undefined ? [] : [email]
    const contact = { id: randomUUID(), name, emails, links: [], isAnonymized: false, contactAllowed }
    this.contacts.set(contact.id, contact)
    return contact
  }
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`no ${what}`)
  return value
}
