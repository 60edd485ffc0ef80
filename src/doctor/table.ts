import { styleText } from 'node:util'
import { calledAs } from '../config/env.ts'
import type { Result, Status } from './finding.ts'

const titles: Readonly<Record<string, string>> = {
  settings: 'Settings',
  store: 'Store',
  interviewflow: 'InterviewFlowAI',
  address: 'Address',
  clock: 'Clock',
}

const marks: Readonly<Record<Status, { readonly sign: string; readonly style: 'green' | 'yellow' | 'red' }>> = {
  pass: { sign: '✓', style: 'green' },
  warn: { sign: '!', style: 'yellow' },
  fail: { sign: '✗', style: 'red' },
}

/** The findings as lines for a person, with the mend under each. */
export function tableLines(results: readonly Result[], stream: NodeJS.WriteStream): readonly string[] {
  const width = Math.max(...results.map(({ check }) => (titles[check] ?? check).length)) + 2
  const indent = ' '.repeat(width)
  const lines = results.flatMap(({ check, status, message, fix }, index) => {
    const isFirst = results[index - 1]?.check !== check
    const { sign, style } = marks[status]
    const head = isFirst ? (titles[check] ?? check).padEnd(width) : indent
    return [
      `${head}${styleText(style, sign, { stream })} ${message}`,
      ...(fix === undefined ? [] : [`${indent}  → ${fix}`]),
    ]
  })
  return [...lines, summary(results)]
}

function summary(results: readonly Result[]): string {
  const count = (wanted: Status) => results.filter(({ status }) => status === wanted).length
  const of = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`
  const [failed, warned] = [count('fail'), count('warn')]
  if (failed === 0) return warned === 0 ? 'All is well.' : `Fine, with ${of(warned, 'warning')}.`
  return `${of(failed, 'problem')}${warned === 0 ? '' : `, ${of(warned, 'warning')}`}. After mending: ${calledAs()} doctor`
}
