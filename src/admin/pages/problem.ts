import type { AdminError } from '../admin-error.ts'
import { html } from '../html.ts'
import type { Page } from './layout.ts'

/** By code: one status may have several causes. */
const titles: Readonly<Record<string, string>> = {
  invalid: 'That could not be read',
  unauthorized: 'User and password, if you have them',
  'cross-site': 'Not from there',
  'not-found': 'There is nothing here',
  'too-many-logins': 'Too many wrong passwords',
  unavailable: 'Not at this moment',
  'still-at-work': 'Not everything is erased yet',
  'wrong-key': 'The store cannot be read',
  internal: 'The bridge made a mistake',
}

/** The page of a refusal: what happened, and what to do. */
export function problemPage({ status, code, message }: Pick<AdminError, 'status' | 'code' | 'message'>): Page {
  return {
    title: titles[code] ?? 'That cannot be done now',
    status,
    body: html`<p>${message}</p><p><a href="/admin">To the overview</a></p>`,
  }
}
