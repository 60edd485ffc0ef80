import { PermanentError } from '../../domain/errors.ts'
import type { AtsTools } from '../adapter.ts'
import { remembering } from '../remembering.ts'
import type { LeverClient } from './client.ts'
import { type Opportunity, opportunityAnswer, postingAnswer, usersPage } from './schema.ts'

const POSTING_TTL_MS = 600_000
const USER_TTL_MS = 600_000

/** Reads of one connection; undefined: Lever does not know it. */
export interface LeverReads {
  opportunity(id: string): Promise<Opportunity | undefined>
  /** The posting's title. */
  postingName(id: string): Promise<string | undefined>
  /** Id of the active user with exactly this address. */
  userId(email: string): Promise<string | undefined>
}

async function unlessMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (error instanceof PermanentError && (error.status === 404 || error.status === 410)) return undefined
    throw error
  }
}

async function readOpportunity(client: LeverClient, id: string): Promise<Opportunity> {
  // Repeated, not joined by commas: the documented form. @see lever.md section 2
  const query = new URLSearchParams([
    ['expand', 'applications'],
    ['expand', 'stage'],
    ['expand', 'contact'],
  ])
  const path = `/opportunities/${encodeURIComponent(id)}`
  const { body } = await client.call({
    operation: 'read/opportunity',
    method: 'GET',
    path,
    query,
    schema: opportunityAnswer,
  })
  return body.data
}

async function readPostingName(client: LeverClient, id: string): Promise<string | undefined> {
  const path = `/postings/${encodeURIComponent(id)}`
  const { body } = await client.call({ operation: 'read/posting', method: 'GET', path, schema: postingAnswer })
  return body.data.text?.trim() || undefined
}

async function findUser(client: LeverClient, email: string): Promise<string | undefined> {
  const query = new URLSearchParams({ email })
  const users = client.list({ operation: 'list/users', path: '/users', query, schema: usersPage, maxPages: 1 })
  for await (const user of users) {
    if ((user.email ?? email).toLowerCase() === email.toLowerCase()) return user.id
  }
  return undefined
}

/** Makes the reads of one connection. */
export function leverReads(client: LeverClient, { now }: Pick<AtsTools, 'now'>): LeverReads {
  return {
    opportunity: (id) => unlessMissing(readOpportunity(client, id)),
    postingName: remembering((id) => unlessMissing(readPostingName(client, id)), { ttlMs: POSTING_TTL_MS, now }),
    userId: remembering((email) => findUser(client, email), { ttlMs: USER_TTL_MS, now }),
  }
}
