import type { DeliveryState } from '../../domain/delivery.ts'
import { type Html, html } from '../html.ts'
import { stateWords } from '../words.ts'

const HOUR_MS = 3_600_000

/** Between a number and its unit: no line ends there. */
const UNIT = '\u00a0'

/** A span in its largest fitting unit, e.g. `4 s`, `12 min`, `3 h`, `2 days`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds}${UNIT}s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes}${UNIT}min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours}${UNIT}h` : `${Math.round(hours / 24)}${UNIT}days`
}

/** A short duration with a decimal, e.g. `0.2 s`. */
export const shortly = (ms: number): string => (ms < 10_000 ? `${(ms / 1000).toFixed(1)}${UNIT}s` : span(ms))

/**
 * A time: relative for an hour, then the clock's. The page's script turns clock times into the reader's zone.
 * @param at epoch milliseconds
 */
export function when(at: number, now: number): Html {
  const distance = Math.abs(now - at)
  if (distance >= HOUR_MS) return clock(at, now)
  const text = distance < 1_000 ? 'now' : at > now ? `in ${span(distance)}` : `${span(distance)} ago`
  return html`<time datetime="${iso(at)}" title="${iso(at)}">${text}</time>`
}

/** A time by the clock; with the day where it is another one than today. */
export function clock(at: number, now: number, seconds = false): Html {
  const text = iso(at)
  const day = text.slice(0, 10) === iso(now).slice(0, 10) ? '' : `${text.slice(0, 10)} `
  const format = seconds ? 'seconds' : 'minutes'
  return html`<time datetime="${text}" title="${text}" data-clock="${format}">${day}${text.slice(11, seconds ? 19 : 16)}</time>`
}

/** Where a webhook is to be sent. */
export function webhookAddress(publicUrl: string | undefined, connection: string): string {
  return `${publicUrl ?? 'https://<this service’s address>'}/webhooks/${connection}`
}

const iso = (at: number) => new Date(at).toISOString()

/** Drawn for 16 by 16; filled with the text's colour. */
const shapes: Readonly<Record<DeliveryState, string>> = {
  queued: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 2a5 5 0 1 1 0 10A5 5 0 0 1 8 3ZM7 4.5v4l3.2 1.9.9-1.6L9 7.4V4.5Z',
  running: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 2v10A5 5 0 0 1 8 3Z',
  retrying: 'M8 2a6 6 0 0 1 5 2.7V2.5h2V8H9.5V6h2.2A4 4 0 1 0 12 9h2.1A6 6 0 1 1 8 2Z',
  delivered: 'M6.3 13.2 1.4 8.3l1.7-1.7 3.2 3.2 6.6-6.6 1.7 1.7Z',
  lapsed: 'M2 6.8h12v2.4H2Z',
  dead: 'M6.7 1h2.6l-.4 9H7.1ZM6.6 11.8h2.8v2.8H6.6Z',
}

/** The state as icon and word: the colour never stands alone. @param words in place of the state's own */
export function stateMark(state: DeliveryState, words: string = stateWords[state]): Html {
  return html`<span class="state ${state}"><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${shapes[state]}"/></svg>${words}</span>`
}

/** A text to be copied: selectable everywhere, with a button where the browser allows one. */
export function copyable(label: string, text: string): Html {
  return html`<span class="copy"><input type="text" readonly value="${text}" aria-label="${label}" size="${Math.min(60, Math.max(12, text.length))}"><button type="button" class="quiet" data-copy hidden>Copy</button></span>`
}

/** An address with a query; what is undefined is left out. */
export function address(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.append(name, String(value))
  const search = given.toString()
  return search === '' ? path : `${path}?${search}`
}
