import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { atsDefinitions } from '../../../src/ats/registry.ts'
import { bridgeJsonSchema } from '../../../src/config/json-schema.ts'

const schema = z.fromJSONSchema(bridgeJsonSchema(atsDefinitions) as Parameters<typeof z.fromJSONSchema>[0])
const example = fileURLToPath(new URL('../../../src/config/bridge.example.yaml', import.meta.url))
const fits = (document: unknown) => schema.safeParse(document).success

const route = { connection: 'main', stage: 'AI Interview', interviewer: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee' }
const lever = { ats: 'lever', signingTokens: ['t'], apiKey: `\${LEVER_API_KEY}` }

describe('the JSON Schema of bridge.yaml', () => {
  test('fits the example', () => {
    expect(fits(parse(readFileSync(example, 'utf8')))).toBe(true)
  })

  test('takes a variable where a value of a certain form is wanted', () => {
    const filled = { ...route, interviewer: `\${INTERVIEWER}`, status: `\${STATUS}` }
    expect(fits({ connections: { main: { ...lever, performAs: `\${AUTHOR}` } }, routes: [filled] })).toBe(true)
  })

  test.each([
    ['an unknown ATS', { connections: { main: { ...lever, ats: 'levr' } }, routes: [route] }],
    ['a key of another ATS', { connections: { main: { ...lever, clientId: 'x' } }, routes: [route] }],
    ['a misspelt key of a route', { connections: { main: lever }, routes: [{ ...route, stag: 'x' }] }],
    ['an interviewer that is no id', { connections: { main: lever }, routes: [{ ...route, interviewer: 'x' }] }],
    ['no routes', { connections: { main: lever }, routes: [] }],
  ])('refuses %s', (_, document) => {
    expect(fits(document)).toBe(false)
  })
})
