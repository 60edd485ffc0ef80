import { html } from '../html.ts'
import type { Page } from './layout.ts'

const titles: Readonly<Record<number, string>> = {
  400: 'That could not be read',
  401: 'User and password, if you have them',
  403: 'Not from there',
  404: 'There is nothing here',
  409: 'That cannot be done now',
  429: 'Too many wrong passwords',
  503: 'The store does not answer',
}

/** The page of a refusal: what happened, and what to do. */
export function problemPage(status: number, message: string): Page {
  return {
    title: titles[status] ?? 'The bridge made a mistake',
    status,
    body: html`<p>${message}</p><p><a href="/admin">To the overview</a></p>`,
  }
}
