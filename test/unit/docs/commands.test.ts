import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { operations } from '../../../src/admin/openapi.ts'
import { commands } from '../../../src/cli/commands.ts'
import { codeOf, docPages } from '../../docs/pages.ts'

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  scripts: Readonly<Record<string, string>>
}

const said = docPages.flatMap((page) => codeOf(page).map((code) => [page.path, code] as const))

/** `bridge <command> <flags>`, however it is called. */
const calls = said.flatMap(([path, code]) =>
  [
    ...code.matchAll(
      /(?:^|[\s;(])(?:npm run bridge --|exec bridge bridge|(?<!SETUSER )bridge|node dist\/main\.js) ([a-z]+)((?: [^|;&)]+)?)/g,
    ),
  ].map(([, name = '', rest = '']) => ({ path, name, flags: rest.match(/--[a-z][a-z-]*/g) ?? [] })),
)

describe('a command in the documentation', () => {
  test('of npm is one of package.json', () => {
    const unknown = said.flatMap(([path, code]) =>
      [...code.matchAll(/npm run (?:-s )?([\w:-]+)/g)]
        .map(([, name = '']) => name)
        .filter((name) => !Object.hasOwn(manifest.scripts, name))
        .map((name) => `${path}: npm run ${name}`),
    )
    expect(unknown).toEqual([])
  })

  test('of ours is one there is, with flags that it knows', async () => {
    expect(calls.length).toBeGreaterThan(10)
    const unknown: string[] = []
    for (const { path, name, flags } of calls) {
      const help = Object.hasOwn(commands, name) ? (await commands[name]?.load())?.help : undefined
      if (help === undefined) unknown.push(`${path}: bridge ${name}`)
      else
        for (const flag of flags)
          if (!help.includes(flag) && flag !== '--help') unknown.push(`${path}: bridge ${name} ${flag}`)
    }
    expect(unknown).toEqual([])
  })
})

describe('a call in the documentation', () => {
  const endpoints = operations.map(({ method, path }) => ({
    method: method.toUpperCase(),
    form: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  }))
  const open = [
    ...['/healthz', '/readyz', '/metrics'].map((path) => ({ method: 'GET', form: new RegExp(`^${path}$`) })),
    { method: 'POST', form: /^\/webhooks\/[a-z0-9-]+$/ },
  ]

  test('by curl is one that is answered, in the way it is made', () => {
    const made = said.flatMap(([path, code]) => {
      const [, address] = /curl .*?https?:\/\/[\w.:-]+(\/[^\s'"?]*)/.exec(code) ?? []
      if (address === undefined) return []
      const method = /-X (\w+)/.exec(code)?.[1] ?? (/ (?:-d|--data)\b/.test(code) ? 'POST' : 'GET')
      return [{ path, method, address }]
    })
    expect(made.length).toBeGreaterThan(5)
    const unknown = made.filter(
      ({ method, address }) =>
        !address.startsWith('/_sandbox/') &&
        ![...endpoints, ...open].some((one) => one.method === method && one.form.test(address)),
    )
    expect(unknown).toEqual([])
  })
})
