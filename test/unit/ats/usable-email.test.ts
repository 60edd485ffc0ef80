import { expect, it } from 'vitest'
import { firstUsableEmail } from '../../../src/ats/usable-email.ts'

it('takes the first usable address, trimmed and in lower case', () => {
  expect(firstUsableEmail(['', 'no address', ' Kim.O’Neil+x@Mail.Example.COM ', 'other@example.com'])).toBe(
    'kim.o’neil+x@mail.example.com',
  )
})

it.each([
  'a b@example.com',
  'a@b@example.com',
  'a@example',
  '@example.com',
  'a@.com',
  'a@-example.com',
  'a@example..com',
  'a@example.c',
  'a\u0000@example.com',
  'A <a@example.com>',
  'mailto:a@example.com',
  `${'a'.repeat(65)}@example.com`,
  `a@${'b'.repeat(250)}.com`,
])('does not take %j', (address) => {
  expect(firstUsableEmail([address])).toBeUndefined()
})

it.each(['a@example.com', 'käthe@bücher.example', 'a.b-c_d@sub.example.co'])('takes %j', (address) => {
  expect(firstUsableEmail([address])).toBe(address)
})
