import { describe, expect, it } from 'vitest'
import { namesClash, nameWords, personKey } from '../../../src/ledger/person-key.ts'

const key = Buffer.alloc(32, 1)
const interviewer = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'
const person = personKey(key, interviewer, 'ada@example.com')
const words = (name: string) => nameWords(key, person, name)
const clash = (left: string, right: string) => namesClash(words(left), words(right))

describe('a person’s key', () => {
  it('is the same however the address and the interviewer are written', () => {
    expect(personKey(key, interviewer.toUpperCase(), ' Ada@Example.com ')).toBe(person)
  })

  it('differs by interviewer, by address and by the store’s secret', () => {
    const others = [
      personKey(key, 'ffffffff-bbbb-cccc-dddd-eeeeeeeeeeee', 'ada@example.com'),
      personKey(key, interviewer, 'adam@example.com'),
      personKey(Buffer.alloc(32, 2), interviewer, 'ada@example.com'),
    ]
    expect(new Set([person, ...others]).size).toBe(4)
  })

  it('tells nothing of the address', () => {
    expect(person).toMatch(/^[\w-]{22}$/)
  })
})

describe('the words of a name', () => {
  it('are hashes that differ from person to person', () => {
    const other = personKey(key, interviewer, 'another@example.com')
    expect(words('Ada Lovelace').every((word) => /^[\w-]{22}$/.test(word))).toBe(true)
    expect(nameWords(key, other, 'Ada')).not.toEqual(words('Ada'))
  })

  it.each([
    ['Zoë Ångström', 'zoe angstrom'],
    ['Zoë', 'Zoe\u0308'],
    ['Ada  King-Lovelace', 'Lovelace, Ada King'],
    ['Ada M. Lovelace', 'Ada Lovelace'],
    ['Ada Ada', 'Ada'],
  ])('are the same in %s and %s', (left, right) => {
    expect(words(left)).toEqual(words(right))
  })

  it('keep letters of every script', () => {
    expect(words('小林 さくら')).toHaveLength(2)
    expect(words('Ольга Иванова')).toHaveLength(2)
  })
})

describe('names of one e-mail address', () => {
  it.each([
    ['Ada Lovelace', 'Ada Lovelace'],
    ['Ada Lovelace', 'Ada King Lovelace'],
    ['Ada King Lovelace', 'Lovelace Ada'],
    ['Ada Lovelace', 'Ada'],
    ['', 'Ada Lovelace'],
    ['A. B.', 'Ada Lovelace'],
  ])('do not clash: %s, %s', (left, right) => {
    expect(clash(left, right)).toBe(false)
  })

  it.each([
    ['Ada Lovelace', 'Grace Hopper'],
    ['Ada Lovelace', 'Ada Hopper'],
    ['Ada Maria Lovelace', 'Ada Grace Lovelace'],
  ])('clash: %s, %s', (left, right) => {
    expect(clash(left, right)).toBe(true)
    expect(clash(right, left)).toBe(true)
  })
})
