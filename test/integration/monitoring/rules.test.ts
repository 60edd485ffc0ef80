import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { deadReasons } from '../../../src/domain/reasons.ts'
import { anchorsOf, docPage } from '../../docs/pages.ts'
import { type AlertRule, alertRules, monitoringFile, monitoringPath } from '../../support/monitoring-files.ts'
import { promtool } from '../../support/promtool.ts'

const rules = alertRules()
const fixture = (name: string) => new URL(`../../fixtures/prometheus/${name}`, import.meta.url).pathname

describe('the alert rules', () => {
  test('are taken by Prometheus, with the configuration that scrapes', async () => {
    const { code, said } = await promtool(['check', 'config', monitoringPath('prometheus/prometheus.yml')])
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining(`${rules.length} rules found`) })
  })

  test.each(['alerts.test.yml', 'silent.test.yml'])('raise what they should, and nothing else: %s', async (name) => {
    expect(await promtool(['test', 'rules', fixture(name)])).toEqual({
      code: 0,
      said: expect.stringContaining('SUCCESS'),
    })
  })

  test('are all tried', () => {
    const tried = ['alerts.test.yml', 'silent.test.yml'].map((name) => readFileSync(fixture(name), 'utf8')).join()
    const inPatterns = [...tried.matchAll(/alertname=~?"([^"]+)"|alertname: (\w+)/g)].map(
      ([, one, other]) => one ?? other,
    )
    const isTried = (alert: string) => inPatterns.some((pattern) => new RegExp(`^(${pattern})$`).test(alert))
    expect(rules.map(({ alert }) => alert).filter((alert) => !isTried(alert))).toEqual([])
  })

  test.each(rules)(
    '$alert says how urgent it is, what is wrong, what to do, and where to look',
    ({ labels, annotations }) => {
      expect(['page', 'ticket']).toContain(labels.severity)
      expect(annotations).toEqual({
        summary: expect.stringMatching(/\.$/),
        description: expect.stringMatching(/\.$/),
        runbook_url: expect.stringMatching(/^\{\{ \$externalLabels\.docs \}\}\/\w+\.md/),
        dashboard_url: expect.stringMatching(/^\{\{ \$externalLabels\.bridge \}\}\//),
      })
    },
  )

  test('lead to a place in the documentation', () => {
    const placesOf = ({ annotations }: AlertRule) => {
      const place = (annotations['runbook_url'] ?? '').replace('{{ $externalLabels.docs }}', 'src/docs')
      const reasons = place.includes('{{ $labels.reason }}') ? Object.keys(deadReasons) : ['']
      return reasons.map((reason) => place.replace('{{ $labels.reason }}', reason).split('#') as [string, string?])
    }
    const lost = rules
      .flatMap(placesOf)
      .filter(([page, anchor]) => anchor !== undefined && !anchorsOf(docPage(page)).has(anchor))
    expect(lost).toEqual([])
  })

  test('link to addresses that the configuration gives', () => {
    const { global } = parse(monitoringFile('prometheus/prometheus.yml')) as { global: { external_labels: object } }
    expect(Object.keys(global.external_labels)).toEqual(['bridge', 'docs'])
  })

  test('are told of in the README, each once', () => {
    const table = [...monitoringFile('README.md').matchAll(/^\| (\w+) \| (page|ticket) \|/gm)]
    expect(table.map(([, alert, severity]) => ({ alert, severity }))).toEqual(
      rules.map(({ alert, labels }) => ({ alert, severity: labels.severity })),
    )
  })
})
