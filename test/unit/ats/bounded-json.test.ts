import { expect, it } from 'vitest'
import { readJson } from '../../../src/ats/bounded-json.ts'

const read = (text: string) => readJson(Buffer.from(text))

it('reads JSON of usual depth', () => {
  expect(read('{"a":[{"b":"}]{["},"\\"{"]}')).toEqual({ kind: 'json', json: { a: [{ b: '}]{[' }, '"{'] } })
  expect(read(`${'['.repeat(64)}${']'.repeat(64)}`).kind).toBe('json')
  expect(read(`[${'{"a":[]},'.repeat(100)}"]}\\"{["]`).kind).toBe('json')
})

it.each(['', '{', 'x', '{"a":1}}', "{'a':1}"])('tells what is no JSON: %j', (text) => {
  expect(read(text)).toEqual({ kind: 'not-json' })
})

it('does not look into what nests too deeply', () => {
  expect(read(`${'['.repeat(65)}${']'.repeat(65)}`)).toEqual({ kind: 'too-deep' })
  expect(read('{"a":'.repeat(100_000))).toEqual({ kind: 'too-deep' })
})

it('changes no prototype', () => {
  const content = read('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')
  expect(content.kind).toBe('json')
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})
