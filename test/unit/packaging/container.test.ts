import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const text = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')

interface Service {
  readonly image: string
  readonly init?: boolean
  readonly read_only?: boolean
  readonly user?: string
  readonly ports?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly stop_grace_period?: string
  readonly mem_limit?: string
  readonly environment?: Readonly<Record<string, string>>
}

const { services } = parse(text('docker-compose.yml')) as { services: Readonly<Record<string, Service>> }
const dockerfile = text('Dockerfile')

describe('docker-compose.yml', () => {
  test.each(Object.entries(services))('gives %s no capabilities and no new privileges', (_, service) => {
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toContain('no-new-privileges:true')
    expect(service.mem_limit).toMatch(/^\d+[mg]$/)
  })

  test('lets the bridge write nowhere, and gives it longer to stop than it takes', () => {
    const { bridge } = services
    expect(bridge).toMatchObject({ init: true, read_only: true })
    expect(Number.parseInt(bridge?.stop_grace_period ?? '', 10)).toBeGreaterThanOrEqual(75)
  })

  test('keeps the heap within three quarters of the container’s memory', () => {
    const { bridge } = services
    const limit = Number(/^(\d+)m$/.exec(bridge?.mem_limit ?? '')?.[1])
    const heap = Number(/--max-old-space-size=(\d+)/.exec(bridge?.environment?.['NODE_OPTIONS'] ?? '')?.[1])
    expect(heap).toBeLessThanOrEqual(limit * 0.75)
  })

  test('publishes no store, and everything else to its own machine alone', () => {
    expect(services['redis']).not.toHaveProperty('ports')
    const published = Object.values(services).flatMap(({ ports = [] }) => ports)
    expect(published).toHaveLength(3)
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  test('names no image by "latest"', () => {
    for (const { image } of Object.values(services)) expect(image).not.toMatch(/:latest$/)
    for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm))
      if (image !== 'base') expect(image).toMatch(/:(?!latest)./)
  })
})

describe('Dockerfile', () => {
  test('runs as a numbered user, by Node itself, which gets the signals', () => {
    expect(dockerfile).toMatch(/^USER \d+:\d+$/m)
    expect(dockerfile.trimEnd()).toMatch(/\nCMD \["node", (?:"--[\w=-]+", )*"dist\/main\.js"\]$/)
  })

  test('starts the bridge with the flags of npm start', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Readonly<Record<string, string>> }
    const flags = [...(/^CMD (.*)$/m.exec(dockerfile)?.[1]?.matchAll(/--[\w=-]+/g) ?? [])].join(' ')
    expect(scripts['start']).toBe(`node ${flags} src/main.ts serve`)
  })

  test('asks whether the process lives, not whether the store does', () => {
    expect(dockerfile).toMatch(/^HEALTHCHECK[\s\S]*\/healthz/m)
    expect(dockerfile).not.toContain('/readyz')
  })

  test('runs no install script of any package', () => {
    for (const [line] of dockerfile.matchAll(/npm ci.*/g)) expect(line).toContain('--ignore-scripts')
  })
})
