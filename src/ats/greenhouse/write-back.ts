import { z } from 'zod'
import type { Application } from '../../domain/application.ts'
import { PermanentError } from '../../domain/errors.ts'
import type { WriteTarget } from '../adapter.ts'
import { holdsLink, noteText } from '../note-text.ts'
import type { HarvestClient } from './client.ts'
import { noteRows } from './schema.ts'
import { customFieldName, type GreenhouseSettings } from './settings.ts'

type WriteBackSettings = GreenhouseSettings['writeBack'][number]
type NoteSettings = NonNullable<WriteBackSettings['note']>
type CustomFieldSettings = NonNullable<WriteBackSettings['customField']>

/** The note that was made, or nothing: anything else is not Greenhouse's. */
const noteAnswer = z.looseObject({}).optional()
/** Pages of notes, newest first, in which a note of an earlier attempt is looked for. */
const MAX_NOTE_PAGES = 10
const NOTES_PER_PAGE = '100'

/** The write targets of a connection, in the order configured. */
export function greenhouseTargets(settings: GreenhouseSettings, client: HarvestClient): WriteTarget[] {
  return settings.writeBack.flatMap(({ note, customField }) => [
    ...(note ? [noteTarget(note, settings.userId, client)] : []),
    ...(customField ? [customFieldTarget(customField, client)] : []),
  ])
}

/** @see greenhouse.md section 2.5 (vendor's API v3, read 2026-11-23): notes cannot be changed or deleted by API */
function noteTarget(
  { visibility }: NoteSettings,
  userId: GreenhouseSettings['userId'],
  client: HarvestClient,
): WriteTarget {
  return {
    name: 'note',
    repeatable: false,
    isWritten: (application, link) => findNote(application, link, client),
    write: async (application, { link }, beforeSending) => {
      await client.call({
        beforeSending,
        operation: 'create/notes',
        method: 'POST',
        path: '/notes',
        json: {
          candidate_id: Number(application.candidateId),
          application_id: Number(application.id),
          body: noteText({ link, jobName: application.jobName }),
          visibility,
          // Upper case: the lower-case form that the vendor's own error text lists is refused.
          note_type: 'NOTE',
          ...(userId !== undefined && { user_id: Number(userId) }),
        },
        schema: noteAnswer,
      })
      return 'written'
    },
  }
}

/** Another application of the same person may have a note with the same link; that one does not count. */
async function findNote(application: Application, link: string, client: HarvestClient): Promise<boolean> {
  const notes = client.list({
    operation: 'list/notes',
    path: '/notes',
    query: { candidate_ids: application.candidateId, per_page: NOTES_PER_PAGE },
    schema: noteRows,
    maxPages: MAX_NOTE_PAGES,
  })
  for await (const { application_id: applicationId, body } of notes)
    if ((applicationId ?? application.id) === application.id && holdsLink(body ?? '', link)) return true
  return false
}

/** Only our field is sent, so that what else stands on the record is not touched. */
function customFieldTarget(field: CustomFieldSettings, client: HarvestClient): WriteTarget {
  const name = customFieldName(field)
  return {
    name,
    repeatable: true,
    holdsAnother: ({ standing: { [name]: standing } }, link) =>
      standing !== undefined && standing !== link && isLinkLike(standing, link),
    write: async (application, { link }, beforeSending) => {
      const standing = application.standing[name]
      if (standing === link) return 'found'
      if (standing !== undefined && !isLinkLike(standing, link)) return 'left-alone'
      const path =
        field.on === 'application' ? `/applications/${application.id}` : `/candidates/${application.candidateId}`
      try {
        await client.call({
          beforeSending,
          operation: `update/${field.on}s`,
          method: 'PATCH',
          path,
          json: { custom_fields: [{ name_key: field.key, value: link }] },
          schema: z.unknown(),
        })
      } catch (error) {
        const isNoField = error instanceof PermanentError && (error.status === 404 || error.status === 422)
        throw isNoField ? new PermanentError('field-not-found', { status: error.status, cause: error }) : error
      }
      return 'written'
    },
  }
}

/** Whether what stands there is an older interview link, which may be replaced, and not a person's own entry. */
function isLinkLike(standing: string, link: string): boolean {
  if (!URL.canParse(standing)) return false
  const [theirs, ours] = [new URL(standing), new URL(link)]
  return theirs.host === ours.host && (theirs.protocol === 'https:' || theirs.protocol === ours.protocol)
}
