/**
 * Lever's records as the sandbox answers them.
 * @see lever.md sections 3.1, 3.2 and 4; shapes of the recorded fixtures
 */
import type { LeverAccount } from './account.ts'
import type { LeverNote, LeverUser, LeverWebhook, Opportunity, Posting, Resume } from './model.ts'

/** A record as it is answered. */
export type LeverRow = { readonly id: string } & Readonly<Record<string, unknown>>

/** The later of the last stage change and the archiving: archiving moves it too. */
export function lastAdvancedAt({ stageChanges, archived, createdAt }: Opportunity): number {
  return Math.max(stageChanges.at(-1)?.updatedAt ?? createdAt, archived?.archivedAt ?? 0)
}

/** An opportunity, everything else named by id. @param user the account's user, who owns it */
export function opportunityRow(opportunity: Opportunity, user: LeverUser): LeverRow {
  const { id, contact, posting, stage, stageChanges, isConfidential, createdAt, updatedAt } = opportunity
  const forever = { allowed: true, expiresAt: null }
  const protection = { store: forever, contact: { allowed: false, expiresAt: null } }
  return {
    id,
    name: contact.name,
    contact: contact.id,
    headline: '',
    stage: stage.id,
    confidentiality: isConfidential ? 'confidential' : 'non-confidential',
    location: '',
    phones: [],
    emails: contact.emails,
    links: contact.links,
    archived: opportunity.archived,
    tags: opportunity.tags,
    sources: ['Added manually'],
    stageChanges: stageChanges.map((change) => ({ ...change, userId: user.id })),
    origin: posting === undefined ? 'sourced' : 'applied',
    sourcedBy: null,
    owner: user.id,
    followers: [user.id],
    applications: posting === undefined ? [] : [opportunity.applicationId],
    createdAt,
    updatedAt,
    lastInteractionAt: updatedAt,
    lastAdvancedAt: lastAdvancedAt(opportunity),
    snoozedUntil: opportunity.snoozedUntil,
    urls: { list: 'https://hire.lever.co/candidates', show: `https://hire.lever.co/candidates/${id}` },
    isAnonymized: contact.isAnonymized,
    dataProtection: contact.contactAllowed ? null : protection,
  }
}

/** What `expand` puts in place of ids, by the expanded field. */
export const expansions: Readonly<Record<string, (opportunity: Opportunity, account: LeverAccount) => unknown>> = {
  applications: (opportunity) => (opportunity.posting === undefined ? [] : [applicationRow(opportunity)]),
  stage: ({ stage }) => stage,
  contact: (opportunity) => contactRow(opportunity),
  owner: (_opportunity, { users }) => users[0],
  followers: (_opportunity, { users }) => users.slice(0, 1),
  sourcedBy: () => null,
}

function applicationRow({ id, applicationId, posting, archived, createdAt }: Opportunity) {
  return {
    id: applicationId,
    // Of this type, so that name and e-mail are null: the person is to be taken from the opportunity.
    type: 'user',
    candidateId: id,
    opportunityId: id,
    posting: posting?.id ?? null,
    postingHiringManager: null,
    postingOwner: null,
    name: null,
    company: null,
    phone: null,
    email: null,
    links: [],
    comments: null,
    customQuestions: [],
    createdAt,
    archived,
    requisitionForHire: null,
  }
}

function contactRow({ contact }: Opportunity) {
  const { id, name, emails, isAnonymized } = contact
  return { id, name, headline: '', isAnonymized, location: { name: '' }, emails, phones: [] }
}

/** A posting. */
export function postingRow({ id, text, createdAt }: Posting): LeverRow {
  const categories = { commitment: 'Full-time', department: 'Product', level: null, location: 'Remote', team: 'Design' }
  const times = { createdAt, updatedAt: createdAt }
  const urls = { list: 'https://jobs.lever.co/sandbox', show: `https://jobs.lever.co/sandbox/${id}` }
  return { id, text, state: 'published', categories, tags: [], confidentiality: 'non-confidential', urls, ...times }
}

/** A user. */
export function userRow({ id, name, email, createdAt }: LeverUser): LeverRow {
  const username = email.split('@')[0]
  return { id, name, username, email, accessRole: 'super admin', photo: null, createdAt, deactivatedAt: null }
}

/** A note; its text stands in `fields`. */
export function noteRow({ id, stageId, value, secret, score, user, createdAt }: LeverNote): LeverRow {
  const fields = [{ createdAt, score, stage: stageId, text: 'Comment', type: 'note', user, value }]
  return { id, text: 'Note', fields, user, secret, completedAt: createdAt, deletedAt: null, createdAt }
}

/** A resume with its file. */
export function resumeRow({ id, opportunityId, name, status, bytes, createdAt }: Resume): LeverRow {
  const ext = name.split('.').at(-1)?.toLowerCase()
  // A page of the application for people who are logged in; not where the API serves the file.
  const downloadUrl = `https://hire.lever.co/candidates/${opportunityId}/resumes/${id}/download`
  const file = { name, ext, downloadUrl, uploadedAt: createdAt, status, size: bytes.length }
  return { id, createdAt, file, parsedData: { positions: [], schools: [] } }
}

/** As listed: without the signing token, which only the answer to its creation has. */
export function webhookRow({ id, event, url, origins, createdAt }: LeverWebhook): LeverRow {
  return { id, event, url, configuration: { conditions: { origins } }, createdAt, updatedAt: createdAt }
}
