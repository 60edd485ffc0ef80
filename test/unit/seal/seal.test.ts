import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { WrongKeyError } from '../../../src/domain/errors.ts'
import { isSealed, makeSeal } from '../../../src/seal/seal.ts'
import { makeVault } from '../../../src/seal/vault.ts'

const [one, two] = [randomBytes(32), randomBytes(32)]
const text = 'https://interviewflowai.com/i/1 „Ürün“ 🚀'

it('opens what it closed, under the same name only', () => {
  const seal = makeSeal([one], 'test')
  const sealed = seal.close(text, 'here')
  expect(sealed).not.toContain('interviewflowai')
  expect(isSealed(sealed)).toBe(true)
  expect(seal.open(sealed, 'here')).toBe(text)
  expect(seal.open(sealed, 'there')).toBeUndefined()
})

it('closes the same text differently each time', () => {
  const seal = makeSeal([one], 'test')
  expect(seal.close(text, 'here')).not.toBe(seal.close(text, 'here'))
})

it('does not open what another secret or purpose closed, or what has one character changed', () => {
  const sealed = makeSeal([one], 'test').close(text, 'here')
  const at = sealed.length - 5
  const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
  expect(makeSeal([two], 'test').open(sealed, 'here')).toBeUndefined()
  expect(makeSeal([one], 'other').open(sealed, 'here')).toBeUndefined()
  expect(makeSeal([one], 'test').open(changed, 'here')).toBeUndefined()
})

it.each(['', 'clear', 'sealed.', 'sealed.00000000.AA', '{"link":"sealed.00000000.AA"}'])(
  'does not open %j',
  (given) => {
    expect(makeSeal([one], 'test').open(given, 'here')).toBeUndefined()
  },
)

it('with two secrets the first one closes and both open', () => {
  const before = makeSeal([one], 'test').close(text, 'here')
  const both = makeSeal([two, one], 'test')
  const after = both.close(text, 'here')
  expect([both.open(before, 'here'), both.open(after, 'here')]).toEqual([text, text])
  expect([both.isCurrent(before), both.isCurrent(after)]).toEqual([false, true])
  expect(makeSeal([two], 'test').open(after, 'here')).toBe(text)
})

it('a vault without a key keeps texts in clear, and refuses sealed ones', () => {
  const vault = makeVault([])
  expect(vault.open(vault.close(text, 'here'), 'here')).toBe(text)
  expect(() => vault.open(makeVault([one]).close(text, 'here'), 'here')).toThrow(WrongKeyError)
})

it('a vault with a key takes clear texts as they are, and says that they are not kept as they should be', () => {
  const vault = makeVault([one])
  expect(vault.open(text, 'here')).toBe(text)
  expect(vault.isCurrent(text)).toBe(false)
  expect(vault.isCurrent(vault.close(text, 'here'))).toBe(true)
})

it('a vault with another key refuses', () => {
  expect(() => makeVault([two]).open(makeVault([one]).close(text, 'here'), 'here')).toThrow(WrongKeyError)
})
