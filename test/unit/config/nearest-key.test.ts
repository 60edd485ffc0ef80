import { describe, expect, test } from 'vitest'
import { hint, nearest } from '../../../src/config/nearest-key.ts'

describe('nearest', () => {
  test.each([
    ['webhookSecret', 'webhookSecrets'],
    ['WEBHOOKSECRETS', 'webhookSecrets'],
    ['clientid', 'clientId'],
    ['baseURL', 'baseUrl'],
  ])('%s is taken for %s', (word, meant) => {
    expect(nearest(word, ['clientId', 'baseUrl', 'webhookSecrets'])).toBe(meant)
  })

  test('what is four changes away is taken for nothing', () => {
    expect(nearest('interviewabcd', ['interview'])).toBeUndefined()
  })

  test('a short word is not taken for any other short word', () => {
    expect(nearest('abc', ['xyz'])).toBeUndefined()
  })

  test('nothing is near where nothing is known', () => {
    expect(nearest('a', [])).toBeUndefined()
    expect(hint('a', [])).toBe('none is known here')
  })
})
