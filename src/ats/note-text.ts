const MAX_JOB_NAME_LENGTH = 120

/** One line of plain text: an `@` would notify a user of the ATS, a line break would let a name pose as our text. */
function harmless(text: string): string {
  const line = text
    .replaceAll('@', ' at ')
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
  return [...line].slice(0, MAX_JOB_NAME_LENGTH).join('').trim()
}

/** The link as a note holds it: the same address, with nothing in it that an ATS takes for a mention. */
const inNote = (link: string): string => link.replaceAll('@', '%40')

/** The note that puts an interview link on an application. The link stands on a line of its own: it is the marker. */
export function noteText({ link, jobName }: { link: string; jobName?: string | undefined }): string {
  const job = harmless(jobName ?? '')
  return [
    'AI interview link for this candidate (InterviewFlowAI):',
    inNote(link),
    ...(job === '' ? [] : [`Job: ${job}`]),
    'The candidate has not been mailed by this service.',
  ].join('\n')
}

/** Whether a note's text holds the link. An ATS may hand the text back with its ampersands escaped. */
export function holdsLink(text: string, link: string): boolean {
  return text
    .replaceAll('&amp;', '&')
    .split(/[\s"'<>]+/)
    .includes(inNote(link))
}
