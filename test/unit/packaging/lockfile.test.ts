import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

interface Entry {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly hasInstallScript?: boolean
}

const json = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')) as Record<string, object>

const packages = Object.entries(json('package-lock.json')['packages'] as Readonly<Record<string, Entry>>).filter(
  ([path]) => path !== '',
)
const manifest = json('package.json')

describe('package-lock.json', () => {
  test('holds the checksum of every package but those for other machines than the one it was made on', () => {
    const unsealed = packages.filter(([, { integrity, optional, os }]) => {
      if (integrity !== undefined) return !integrity.startsWith('sha512-')
      return optional !== true || os === undefined
    })
    expect(unsealed.map(([path]) => path)).toEqual([])
  })

  test('names no registry', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })

  test('has no package with an install script that nobody decided about', () => {
    const decided = Object.keys(manifest['allowScripts'] ?? {})
    const scripted = packages.flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript === true ? [path.replace(/^.*node_modules\//, '')] : [],
    )
    expect(decided).toEqual(expect.arrayContaining(scripted))
  })
})

describe('package.json', () => {
  test('asks for exact versions alone', () => {
    const wanted = { ...manifest['dependencies'], ...manifest['devDependencies'] } as Record<string, string>
    expect(Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })
})
