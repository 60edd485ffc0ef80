import { deadReasons, explain, isDeliveryReason } from '../../domain/reasons.ts'
import type { Outcome } from './play.ts'

/** Who got which link where, and what happened to the rest, as lines of text. */
export function summaryLines(outcomes: readonly Outcome[]): string[] {
  const landed = outcomes.filter(({ link, answer }) => link !== undefined && answer !== 'duplicate')
  const rest = outcomes.filter((outcome) => !landed.includes(outcome))
  const width = Math.max(...outcomes.map(({ scene }) => scene.who.length))
  const placesWidth = Math.max(...landed.map(({ places }) => places.join(', ').length))
  return [
    'Links that landed',
    ...landed.map(
      ({ scene, places, link }) =>
        `  ${scene.who.padEnd(width)}  ${scene.ats.padEnd(10)}  ${places.join(', ').padEnd(placesWidth)}  ${link ?? ''}`,
    ),
    '',
    'What happened to the rest',
    ...rest.map(({ scene, answer, end }) => `  ${scene.who.padEnd(width)}  ${restOf(answer, end)}`),
  ]
}

function restOf(answer: string, end: string | undefined): string {
  if (answer === 'duplicate') return 'resent webhook: recognised, nothing done twice'
  if (answer === 'unauthorized') return 'refused: 401, whatever was wrong with the signature'
  if (end === undefined) return `${answer}: no route for this stage`
  const reason = end.slice(end.indexOf(' ') + 1)
  if (!isDeliveryReason(reason)) return end
  const { happened, toDo } = explain(reason)
  return Object.hasOwn(deadReasons, reason) ? `${end}. ${happened} ${toDo}` : `${end}. ${happened}`
}
