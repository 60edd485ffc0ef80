import { describe, expect, test } from 'vitest'
import { fillPlaceholders } from '../../../src/config/placeholders.ts'
import { documentProblems, settingsOf, soundDocument } from './settings-of.ts'

describe('placeholders', () => {
  test('take the variable’s value at any depth, also within a text', () => {
    const document = { a: [`\${ONE}`, { b: `x-\${ONE}-\${TWO}` }], c: 3, d: null }
    expect(fillPlaceholders(document, { ONE: '1', TWO: '2' })).toEqual({
      document: { a: ['1', { b: 'x-1-2' }], c: 3, d: null },
      problems: [],
    })
  })

  test('are not looked for in a value that was filled in', () => {
    expect(fillPlaceholders(`\${ONE}`, { ONE: `\${TWO}` }).document).toBe(`\${TWO}`)
  })

  test('keep a value’s special characters', () => {
    expect(fillPlaceholders(`\${ONE}`, { ONE: '$& $1 $$' }).document).toBe('$& $1 $$')
  })

  test('doubled dollar writes the characters themselves', () => {
    expect(fillPlaceholders(`$\${ONE}`, {}).document).toBe(`\${ONE}`)
  })

  test('a dollar alone is a dollar', () => {
    expect(fillPlaceholders('5 $ {a}', {})).toEqual({ document: '5 $ {a}', problems: [] })
  })

  test.each([`\${}`, `\${ONE`, `\${1A}`, `\${A-B}`])('%s is refused', (text) => {
    expect(fillPlaceholders({ a: text }, { ONE: '1' }).problems.map(({ where }) => where)).toEqual(['a'])
  })

  test('a variable that every object has is not set', () => {
    expect(fillPlaceholders(`\${constructor}`, {}).problems).toHaveLength(1)
  })

  test.each([{}, { SECRET: '' }])(
    'an unset or empty variable is told once, with the place and the name',
    (variables) => {
      const document = soundDocument.replace('[one]', `["\${SECRET}"]`)
      expect(documentProblems(document, variables)).toEqual([
        { where: 'connections.main.webhookSecrets[0]', message: 'takes the variable SECRET, which is not set' },
      ])
    },
  )

  test('fill a connection’s secret', () => {
    const document = soundDocument.replace('[one]', `["\${SECRET}"]`)
    const { connections } = settingsOf({ BRIDGE_CONFIG_YAML: document, SECRET: 'whsec' })
    expect(connections[0]?.settings).toMatchObject({ webhookSecrets: ['whsec'] })
  })
})
