import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { atsDefinitions } from '../../../src/ats/registry.ts'
import { bridgeJsonSchema } from '../../../src/config/json-schema.ts'
import { loadSettings } from '../../../src/config/load-settings.ts'
import { checkVariables, variableNames } from '../../../src/config/variables.ts'
import { docPage, docPages, fencesOf } from '../../docs/pages.ts'

const configure = docPage('src/docs/configure.md')
const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8')
const yamlExample = readFileSync(new URL('../../../src/config/bridge.example.yaml', import.meta.url), 'utf8')

/** What a variable is when nobody sets it, as text; undefined: there is no default. */
function defaultOf(name: string): string | undefined {
  const values = checkVariables({ INTERVIEWFLOW_API_KEY: 'a-key' }).values as unknown as Readonly<
    Record<string, unknown>
  >
  const value = name === 'INTERVIEWFLOW_API_KEY' ? undefined : values[name]
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
  return value === undefined || isEmpty ? undefined : String(value)
}

describe('the table of variables', () => {
  const rows = new Map(
    [...configure.text.matchAll(/^\| `([A-Z_]+)` \| ([^|]*) \|/gm)].map(([, name = '', value = '']) => [
      name,
      value.trim().replaceAll('`', ''),
    ]),
  )

  test('has every variable and no other', () => {
    expect([...rows.keys()].toSorted()).toEqual(variableNames.toSorted())
  })

  test.each(variableNames)('gives %s its default, as .env.example does', (name) => {
    const value = defaultOf(name)
    expect(rows.get(name)).toBe(name === 'INTERVIEWFLOW_API_KEY' ? 'required' : (value ?? '–'))
    const line = new RegExp(`^#${name}=(.*)$`, 'm').exec(example)
    if (value !== undefined) expect(line?.[1]).toBe(value)
  })
})

const secrets = {
  INTERVIEWFLOW_API_KEY: 'k',
  GREENHOUSE_WEBHOOK_SECRET: 's',
  GREENHOUSE_CLIENT_ID: 'c',
  GREENHOUSE_CLIENT_SECRET: 's',
  LEVER_SIGNING_TOKEN: 't',
  LEVER_SIGNING_TOKEN_2: 't',
  LEVER_API_KEY: 'k',
}

describe('bridge.yaml in the documentation', () => {
  const documents = docPages.flatMap((page) =>
    fencesOf(page)
      .filter(({ language, text }) => language === 'yaml' && /^(connections|routes):/m.test(text))
      .map(({ text }, index) => [`${page.path}, ${index + 1}`, text] as const),
  )

  test.each(documents)('is taken by the service: %s', (_, text) => {
    const needed = /^connections:/m.test(text)
      ? ''
      : (/^connections:[\s\S]*?(?=^routes:)/m.exec(yamlExample)?.[0] ?? '')
    const routes = /^routes:/m.test(text)
      ? ''
      : (/^routes:[\s\S]*/m.exec(yamlExample)?.[0] ?? '').replace(
          'connection: greenhouse',
          `connection: ${/^ {2}([\w-]+):/m.exec(text)?.[1]}`,
        )
    const settings = loadSettings({ ...secrets, BRIDGE_CONFIG_YAML: `${needed}\n${text}\n${routes}` }, atsDefinitions)
    expect(settings.routes.length).toBeGreaterThan(0)
  })

  test('names every key of a route', () => {
    const schema = bridgeJsonSchema(atsDefinitions) as {
      properties: { routes: { items: { properties: Readonly<Record<string, unknown>> } } }
    }
    const keys = Object.keys(schema.properties.routes.items.properties)
    expect(keys.filter((key) => !configure.text.includes(`\`${key}\``))).toEqual([])
  })
})
