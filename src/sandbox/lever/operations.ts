/**
 * The calls that the Lever sandbox takes, each with the permission it needs.
 * @see lever.md sections 2 to 4
 */
import type { Answer, Call, Operation } from '../call.ts'
import type { LeverAccount } from './account.ts'
import type { LeverNote, Opportunity } from './model.ts'
import { getOpportunity, listOpportunities, opportunityOf } from './opportunities.ts'
import { allowOnly, pageOf } from './paging.ts'
import { postingRow, resumeRow, userRow } from './records.ts'
import { leverRefusal, notFound } from './refusals.ts'
import { createWebhook, deleteWebhook, listWebhooks } from './webhooks.ts'
import { addLinks, addTags, createNote, listNotes } from './writes.ts'

/** A call with the permission that the key must have; the write permission of the same thing serves for reading too. */
export interface PermittedOperation extends Operation {
  readonly permission: `${string}:${'read' | 'write'}:admin`
}

/** What the operations need beside the account. */
export interface LeverContext {
  seesConfidential(call: Call): boolean
  /** False while a new note is still missing from lists. */
  isListed(note: LeverNote): boolean
}

type Handler = (call: Call) => Answer
const id = '([0-9A-Za-z-]+)'

function read(name: string, path: string, resource: string, handle: Handler): PermittedOperation {
  return { name, method: 'GET', path: new RegExp(`^/v1/${path}$`), permission: `${resource}:read:admin`, handle }
}

function write(name: string, method: string, path: string, resource: string, handle: Handler): PermittedOperation {
  const permission = `${resource}:write:admin` as const
  return { name, method, path: new RegExp(`^/v1/${path}$`), permission, writes: true, handle }
}

/** All calls; the names stand in the journal and in faults. */
export function leverOperations(account: LeverAccount, context: LeverContext): readonly PermittedOperation[] {
  const on = (handle: (call: Call, account: LeverAccount, opportunity: Opportunity) => Answer) => (call: Call) =>
    handle(call, account, opportunityOf(call, account, context.seesConfidential(call)))
  const notes = (call: Call, _account: LeverAccount, opportunity: Opportunity) =>
    listNotes(call, account, opportunity, (note) => context.isListed(note))
  return [
    read('get-opportunity', `opportunities/${id}`, 'opportunities', (call) =>
      getOpportunity(call, account, context.seesConfidential(call)),
    ),
    read('list-opportunities', 'opportunities', 'opportunities', (call) =>
      listOpportunities(call, account, context.seesConfidential(call)),
    ),
    read('list-stages', 'stages', 'stages', (call) => listOf(call, account.stages)),
    read('get-stage', `stages/${id}`, 'stages', (call) => oneOf(call, account.stages, 'stages')),
    read('list-postings', 'postings', 'postings', (call) => listOf(call, postings(account))),
    read('get-posting', `postings/${id}`, 'postings', (call) => oneOf(call, postings(account), 'postings')),
    read('list-users', 'users', 'users', (call) => listUsers(call, account)),
    read('list-notes', `opportunities/${id}/notes`, 'notes', on(notes)),
    write('create-note', 'POST', `opportunities/${id}/notes`, 'notes', on(createNote)),
    write('add-links', 'POST', `opportunities/${id}/addLinks`, 'opportunities', on(addLinks)),
    write('add-tags', 'POST', `opportunities/${id}/addTags`, 'opportunities', on(addTags)),
    read('list-resumes', `opportunities/${id}/resumes`, 'resumes', on(listResumes)),
    read('download-resume', `opportunities/${id}/resumes/${id}/download`, 'resumes', on(downloadResume)),
    read('list-webhooks', 'webhooks', 'webhooks', (call) => listWebhooks(call, account)),
    write('create-webhook', 'POST', 'webhooks', 'webhooks', (call) => createWebhook(call, account)),
    write('delete-webhook', 'DELETE', `webhooks/${id}`, 'webhooks', (call) => deleteWebhook(call, account)),
  ]
}

type Listed = Parameters<typeof pageOf>[1][number]

const postings = (account: LeverAccount): Listed[] => [...account.postings.values()].map(postingRow)

function listOf(call: Call, rows: readonly { readonly id: string }[]): Answer {
  allowOnly(call, ['limit', 'offset'])
  return pageOf(
    call,
    rows.map((row) => ({ ...row })),
  )
}

function oneOf(call: Call, rows: readonly { readonly id: string }[], kind: string): Answer {
  allowOnly(call, [])
  const wanted = call.params[0] ?? ''
  const row = rows.find((one) => one.id === wanted)
  if (row === undefined) throw notFound(kind, wanted)
  return { status: 200, body: { data: row } }
}

/** `email` must match exactly. */
function listUsers(call: Call, account: LeverAccount): Answer {
  allowOnly(call, ['email', 'limit', 'offset'])
  const email = call.query.get('email')
  return pageOf(call, account.users.filter((user) => email === null || user.email === email).map(userRow))
}

function listResumes(call: Call, account: LeverAccount, opportunity: Opportunity): Answer {
  allowOnly(call, ['limit', 'offset'])
  const resumes = account.resumes.filter((resume) => resume.opportunityId === opportunity.id)
  return pageOf(call, resumes.toReversed().map(resumeRow))
}

function downloadResume(call: Call, account: LeverAccount, opportunity: Opportunity): Answer {
  const wanted = call.params[1] ?? ''
  const resume = account.resumes.find((one) => one.id === wanted && one.opportunityId === opportunity.id)
  if (resume === undefined) throw notFound('resumes', wanted)
  if (resume.status !== 'processed') throw leverRefusal(422, 'The file could not be processed')
  return { status: 200, headers: { 'content-type': 'application/pdf' }, body: resume.bytes }
}
