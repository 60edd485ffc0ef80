import { atsProfile } from '../ats/profiles.ts'
import type { DeliveryState, TimelineEntry } from '../domain/delivery.ts'
import {
  type DeliveryReason,
  explain,
  ignoredReasons,
  isDeliveryReason,
  type Reason,
  refusedReasons,
  requestReasons,
} from '../domain/reasons.ts'
import type { ShownConnection } from './admin-tools.ts'

/** The state's word on every page. The machine's word stands in addresses and small print. */
export const stateWords: Readonly<Record<DeliveryState, string>> = {
  queued: 'Waiting',
  running: 'Working',
  retrying: 'Trying again',
  delivered: 'Link delivered',
  lapsed: 'Not needed',
  dead: 'Needs you',
}

/** The ATS as people call it. */
export const atsLabel = (ats: string): string => atsProfile(ats)?.label ?? ats

/** A sentence of the reasons file, with the ATS's name in it; without one as it stands there. */
export function named(sentence: string, ats: string | undefined): string {
  return ats === undefined ? sentence : sentence.replace(/\b[Tt]he ATS\b/g, atsLabel(ats))
}

type Named = Pick<ShownConnection, 'name' | 'ats'>

/** The ATS of a connection; undefined for one that is not, or no longer, in bridge.yaml. */
export function atsOf(
  connection: string,
  { connections }: { readonly connections: readonly Named[] },
): string | undefined {
  return connections.find(({ name }) => name === connection)?.ats
}

/** What happened and what to do about it, with the ATS's name. */
export function explained(reason: DeliveryReason, ats: string | undefined): Reason {
  const { happened, toDo, owner } = explain(reason)
  return { happened: named(happened, ats), toDo: named(toDo, ats), owner }
}

/** What happened to a webhook that made no delivery, and what to do. */
export function explainedWebhook(reason: string, ats: string | undefined): Reason {
  const all: Readonly<Record<string, Reason>> = { ...ignoredReasons, ...refusedReasons, ...requestReasons }
  const { happened, toDo, owner } = all[reason] ?? { happened: reason, toDo: '', owner: 'nobody' }
  return { happened: named(happened, ats), toDo: named(toDo, ats), owner }
}

/** Names for a write target as the ledger knows it: `note`, `customField:application:key`, `link`, `tag:name`. */
export function targetWords(target: string): string {
  const [kind = '', ...rest] = target.split(':')
  const last = rest.at(-1)
  if (kind === 'customField') return `Field ${last ?? ''}`.trim()
  const word = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`
  return last === undefined ? word : `${word} ${last}`
}

const wholeOutcomes: Readonly<Record<string, string>> = {
  // By a webhook or found by the sweep: the record does not tell.
  'receive queued': 'Moved to {stage} in {ATS}. Put in line.',
  'replay queued': 'Put back in line by a person.',
  'erase erased': 'The person was erased: nothing here names them any more.',
  'load active': 'Application read: active, in {stage}, has an e-mail address.',
  'interview created': 'Interview created, link stored.',
  'interview reused': 'The person has an interview with this interviewer already; its link is used.',
  'interview read-back': 'The interview existed; its link was read back from InterviewFlowAI.',
  'interview with-resume': 'Resume offered to InterviewFlowAI.',
  'write-back written': 'All written.',
  'write-back already-written': 'It was all there already; nothing was written twice.',
}

const withoutResume: Readonly<Record<string, string>> = {
  'no-pdf': 'there is no PDF',
  'no-public-url': 'PUBLIC_URL is not set',
  'not-readable': 'it cannot be read',
}

const targetOutcomes: Readonly<Record<string, string>> = {
  written: 'written.',
  found: 'was there already.',
  'left-alone': 'holds somebody’s own value, which was left alone.',
  refused: 'could not be written.',
}

const stepWords: Readonly<Record<string, string>> = {
  load: 'Reading the application',
  interview: 'Creating the interview',
  'write-back': 'Writing the link',
}

/** One line of a delivery's history as a sentence. */
export function tell(
  { step, outcome, reason }: TimelineEntry,
  of: { readonly ats: string; readonly stage: string },
): string {
  const whole = wholeOutcomes[`${step} ${outcome}`]
  if (whole !== undefined) {
    const words: Readonly<Record<string, string>> = { ATS: atsLabel(of.ats), stage: of.stage }
    return whole.replace(/\{(ATS|stage)\}/g, (_all, word: string) => words[word] ?? '')
  }
  if (outcome === 'failed') {
    const why = reason === undefined ? 'It failed.' : explained(reason, of.ats).happened
    return `${stepWords[step] ?? 'An attempt'}: ${why}`
  }
  if (step === 'load' && isDeliveryReason(outcome)) return `Application read. ${explained(outcome, of.ats).happened}`
  const [, without] = /^without-resume (.+)$/.exec(outcome) ?? []
  if (without !== undefined) return `Made without a resume: ${withoutResume[without] ?? without}.`
  const [, target = '', word = ''] = /^(.*) (\S+)$/.exec(outcome) ?? []
  const ending = targetOutcomes[word]
  return ending === undefined ? `${step}: ${outcome}` : `${targetWords(target)} ${ending}`
}

/** `1 webhook`, `2 webhooks`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`

/** A number with its thousands apart. */
export const number = (count: number): string => count.toLocaleString('en-GB')
