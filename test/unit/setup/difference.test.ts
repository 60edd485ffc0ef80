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

test.each([
  ['below its key, as deep', 'signingTokens:\n- canary\n'],
  ['below its key, deeper, with a comment', 'a:\n  webhookSecrets:\n    # - canary\n    - canary # once canary\n'],
  ['on several lines', 'apiKey: |\n  canary\n  canary\nclientSecret: "canary\n  canary"\n'],
  ['in a list on several lines', 'webhookSecrets: [\n  canary,\n  "canary, canary"\n]\n'],
  ['in a group on one line', 'acme: { ats: lever, apiKey: canary, signingTokens: [canary] }\n'],
  ['in a group of secrets', 'tokens: { apiKey: canary, another: canary }\n'],
  ['with its key in quotes', '"apiKey": canary\n'],
  ['commented out', '# apiKey: canary\nats: lever\n'],
  ['commented out in quotes', '# "apiKey": canary\nats: lever\n'],
  ['in a list commented out', 'a:\n  # webhookSecrets:\n  #   - canary\n  #   - canary\n  ats: lever\n'],
  ['in a list commented out, as deep as its key', '# webhookSecrets:\n# - canary\n# ats: lever\n'],
  ['in a list commented out, with the line ends of Windows', '# tokens:\r\n#   - canary\r\n# ats: lever\r\n'],
  ['in a list of several lines commented out', '# signingTokens: [\n#   canary,\n#   "canary"\n# ]\n'],
  ['on several lines commented out', '#apiKey: |\n#  canary\n#  canary\n'],
  ['commented out below a list', `webhookSecrets:\n  - \${A}\n# - canary\n#  - canary\nats: lever\n`],
  ['that looks like a variable', 'apiKey: $${canary}\n'],
  ['beside a variable', `apiKey: \${PART}canary\n`],
])('a secret is not shown where it stands %s', (_, text) => {
  expect(difference(text, '').join('\n')).not.toContain('canary')
  expect(difference('', text)).toHaveLength(text.split('\n').length - 1)
  expect(difference('', text).join('\n')).not.toContain('canary')
})

test('what only sounds like a secret is shown, and so are variables in lists', () => {
  const text = `signingTokens: [ "\${A}", "\${B}" ]\nwriteBack:\n  - customField: { on: application, key: ai_link }\n`
  expect(difference('', text)).toEqual(
    text
      .trimEnd()
      .split('\n')
      .map((line) => `+ ${line}`),
  )
})

test('what is commented out beside a secret is shown, and so is the mark of the comment', () => {
  const text = '# webhookSecrets:\n#   - canary\n# stage: AI Interview\n# - a note\n'
  expect(difference('', text)).toEqual(['+ # webhookSecrets:', '+ #   - …', '+ # stage: AI Interview', '+ # - a note'])
})
