import { SANDBOX_FIELD, SANDBOX_TAG, type Sandboxes } from '../../src/sandbox/settings.ts'
import { type Applicant, isRemoved } from './recruiter.ts'

/** What stands on one application, as the sandbox holds it. */
export interface Standing {
  /** Links found in notes: one entry per note and link. */
  readonly noteLinks: readonly string[]
  /** Links found in the other targets; shared between a Lever contact's opportunities. */
  readonly otherLinks: readonly string[]
  /** Whether every configured target is there. */
  readonly isComplete: boolean
}

const linksIn = (text: string): string[] => text.match(/https?:\/\/\S+interviewId=[\w-]+/g) ?? []

/** Reads the interview links on an application from the sandbox's state. */
export function standingOf(applicant: Applicant, { greenhouse, lever }: Sandboxes): Standing {
  const { ats, applicationId } = applicant
  if (isRemoved(applicant)) return { noteLinks: [], otherLinks: [], isComplete: false }
  if (ats === 'greenhouse') {
    const noteLinks = greenhouse.notesOf(Number(applicationId)).flatMap((note) => linksIn(String(note['body'])))
    const field = greenhouse.fieldOf(Number(applicationId), SANDBOX_FIELD)
    return {
      noteLinks,
      otherLinks: field === null ? [] : [String(field)],
      isComplete: noteLinks.length > 0 && noteLinks.includes(String(field)),
    }
  }
  const noteLinks = lever.noteTextsOf(applicationId).flatMap(linksIn)
  const otherLinks = lever.linksOf(applicationId)
  const isLinked = noteLinks.some((link) => otherLinks.includes(link))
  return { noteLinks, otherLinks, isComplete: isLinked && lever.tagsOf(applicationId).includes(SANDBOX_TAG) }
}
