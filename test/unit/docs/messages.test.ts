import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { docPage, fencesOf } from '../../docs/pages.ts'

const source = fileURLToPath(new URL('../../../src/', import.meta.url))
const code = globSync('**/*.{ts,js}', { cwd: source })
  .map((file) => readFileSync(source + file, 'utf8'))
  .join('\n')

const messages = fencesOf(docPage('src/docs/trouble.md'))
  .filter(({ language }) => language === 'text')
  .flatMap(({ text }) => text.trim().split('\n'))

test.each(messages)('trouble.md quotes what the bridge says: %s', (message) => {
  // What differs from case to case is written as an ellipsis there.
  const parts = message.split('…').map((part) => part.trim())
  expect(parts.filter((part) => part !== '' && !code.includes(part))).toEqual([])
})
