import { z } from 'zod'
import { isLoopback } from '../http/loopback.ts'

function problemOf(text: string): string | undefined {
  if (!URL.canParse(text)) return 'not an address'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return 'an address without user, query and fragment is needed'
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return undefined
  return 'must begin with https:// (http:// is allowed for localhost, 127.0.0.1 and [::1] only): credentials are sent there'
}

/** Schema of the address of an ATS: https, since credentials travel to it, or plain http within this machine. */
export const baseUrl = z.string().superRefine((text, context) => {
  const problem = problemOf(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})
