import { expect, test } from 'vitest'
import { difference } from '../../../src/setup/difference.ts'

test('a difference is the lines that go and come, in order', () => {
  expect(difference('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual(['+ x', '- b', '+ d'])
  expect(difference('', 'a\n')).toEqual(['+ a'])
  expect(difference('a\n', 'a\n')).toEqual([])
})

test('a secret written out is not shown, the name of a variable is', () => {
  const before = 'apiKey: canary-1\nclientSecret: "canary-2"\nsigningTokens: [canary-3]\n'
  const shown = difference(before, `apiKey: \${LEVER_API_KEY}\n`).join('\n')
  expect(shown).not.toContain('canary')
  expect(shown).toContain(`+ apiKey: \${LEVER_API_KEY}`)
})
