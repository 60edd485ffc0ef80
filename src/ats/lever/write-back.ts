import { z } from 'zod'
import { PermanentError } from '../../domain/errors.ts'
import type { WriteTarget } from '../adapter.ts'
import { holdsLink, noteText } from '../note-text.ts'
import type { LeverClient } from './client.ts'
import type { LeverReads } from './reads.ts'
import { notesPage } from './schema.ts'
import { type LeverSettings, tagTargetName } from './settings.ts'

const MAX_NOTE_PAGES = 20
/** What was written, or written on, or nothing: anything else is not Lever's. */
const writtenAnswer = z.looseObject({}).optional()

/** Posts to one of an opportunity's lists, as the configured author. */
type Post = (
  applicationId: string,
  list: 'notes' | 'addLinks' | 'addTags',
  json: unknown,
  beforeSending: () => void,
) => Promise<void>

/** The write targets of a connection, in the order configured. */
export function leverTargets(settings: LeverSettings, client: LeverClient, reads: LeverReads): WriteTarget[] {
  const post = poster(settings.performAs, client, reads)
  return settings.writeBack.flatMap(({ note, link, tag }) => [
    ...(note ? [noteTarget(note.secret, client, post)] : []),
    ...(link ? [linkTarget(post)] : []),
    ...(tag ? [tagTarget(tag.name, post)] : []),
  ])
}

const pathOf = (applicationId: string, list: string) => `/opportunities/${encodeURIComponent(applicationId)}/${list}`

/** @see lever.md sections 2 (perform_as) and 4 (vendor's documentation "Notes", read 2026-11-23) */
function poster(performAs: string | undefined, client: LeverClient, reads: LeverReads): Post {
  return async (applicationId, list, json, beforeSending) => {
    const query = new URLSearchParams()
    if (performAs !== undefined) {
      const userId = await reads.userId(performAs)
      if (userId === undefined) throw new PermanentError('author-not-found')
      query.set('perform_as', userId)
    }
    await client.call({
      beforeSending,
      operation: `write/${list}`,
      method: 'POST',
      path: pathOf(applicationId, list),
      ...(query.size > 0 && { query }),
      json,
      schema: writtenAnswer,
    })
  }
}

function noteTarget(secret: boolean, client: LeverClient, post: Post): WriteTarget {
  return {
    name: 'note',
    repeatable: false,
    isWritten: async (application, link) => {
      const path = pathOf(application.id, 'notes')
      const notes = client.list({ operation: 'list/notes', path, schema: notesPage, maxPages: MAX_NOTE_PAGES })
      for await (const { fields } of notes) {
        if (fields?.some(({ value }) => typeof value === 'string' && holdsLink(value, link))) return true
      }
      return false
    },
    write: async (application, { link }, beforeSending) => {
      const value = noteText({ link, jobName: application.jobName })
      await post(application.id, 'notes', { value, ...(secret && { secret }) }, beforeSending)
      return 'written'
    },
  }
}

/** Lever keeps links on the contact: they show on all of that person's opportunities. */
function linkTarget(post: Post): WriteTarget {
  const name = 'link'
  return {
    name,
    repeatable: true,
    write: async (application, { link }, beforeSending) => {
      const standing = application.standing[name]?.split('\n') ?? []
      if (standing.some((other) => bare(other) === bare(link))) return 'found'
      await post(application.id, 'addLinks', { links: [link] }, beforeSending)
      return 'written'
    },
  }
}

/** Lever's samples show links without a scheme. */
const bare = (link: string): string =>
  link
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '')

function tagTarget(tag: string, post: Post): WriteTarget {
  const name = tagTargetName(tag)
  return {
    name,
    repeatable: true,
    write: async (application, _interview, beforeSending) => {
      if (application.standing[name] !== undefined) return 'found'
      await post(application.id, 'addTags', { tags: [tag] }, beforeSending)
      return 'written'
    },
  }
}
