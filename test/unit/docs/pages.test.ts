import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { anchorsOf, docPage, docPages, linksOf } from '../../docs/pages.ts'
import { reasonsPage } from '../../docs/reasons-page.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

describe('the documentation', () => {
  test.each(docPages.map((page) => [page.path, page] as const))('%s links to what is there', (path, page) => {
    const broken = linksOf(page).filter((target) => {
      const [file = '', anchor] = target.split('#')
      const led = file === '' ? path : normalize(join(dirname(path), decodeURI(file)))
      if (!existsSync(root + led)) return true
      return anchor !== undefined && led.endsWith('.md') && !anchorsOf(docPage(led)).has(anchor)
    })
    expect(broken).toEqual([])
  })

  test('tells every reason in its own words, at an anchor of its own (npm run docs writes the page)', () => {
    expect(docPage('src/docs/reasons.md').text).toBe(reasonsPage())
  })

  test('has a place for every alert to lead to', () => {
    const rules = readFileSync(`${root}src/ops/prometheus/alerts.yml`, 'utf8')
    const led = [...rules.matchAll(/runbook_url: .*\/([a-z]+\.md)(?:#([\w-]+))?"/g)]
    expect(led.length).toBeGreaterThan(5)
    const broken = led.filter(
      ([, file = '', anchor]) => anchor !== undefined && !anchorsOf(docPage(`src/docs/${file}`)).has(anchor),
    )
    expect(broken.map(([line]) => line)).toEqual([])
  })

  test('is reached from the README, every page of it', () => {
    const reached = new Set<string>()
    const follow = (path: string) => {
      if (reached.has(path)) return
      reached.add(path)
      for (const target of linksOf(docPage(path))) {
        const [file = ''] = target.split('#')
        const led = normalize(join(dirname(path), file))
        if (led.endsWith('.md')) follow(led)
      }
    }
    follow('README.md')
    expect(docPages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([])
  })

  test('has a front door that is read in ten minutes', () => {
    const words = docPage('README.md').text.split(/\s+/).length
    expect(words).toBeLessThan(2_000)
  })
})
