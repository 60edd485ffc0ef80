import { atsProfiles } from '../ats/profiles.ts'

/**
 * The ids that a text in the search box tells: one itself, or those in the address of a person's page in an ATS.
 * @returns the most telling first; empty for anything else, such as a name
 */
export function idsToFind(text: string): readonly string[] {
  const trimmed = text.trim()
  if (/^https?:\/\//i.test(trimmed)) {
    const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined
    const pages = url ? Object.values(atsProfiles).map((profile) => profile.idsIn(url)) : []
    return pages.flatMap(({ applicationId, candidateId }) => [applicationId ?? [], candidateId ?? []].flat())
  }
  return /^(?=.*\d)[\w-]{1,100}$/.test(trimmed) ? [trimmed] : []
}
