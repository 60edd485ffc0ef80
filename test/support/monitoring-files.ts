import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** One rule as Prometheus reads it. */
export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: Readonly<Record<string, string>>
}

/** A file that ships for Prometheus and Grafana, by its name below src/ops. */
export const monitoringPath = (name: string): string => fileURLToPath(new URL(`../../src/ops/${name}`, import.meta.url))

export const monitoringFile = (name: string): string => readFileSync(monitoringPath(name), 'utf8')

export function alertRules(): readonly AlertRule[] {
  const { groups } = parse(monitoringFile('prometheus/alerts.yml')) as { groups: { rules: AlertRule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

interface Query {
  readonly expr: string
}

/** A Grafana dashboard, as far as the tests look at it. */
export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly schemaVersion: number
  readonly panels: readonly {
    readonly id: number
    readonly type: string
    readonly title: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly datasource: { readonly uid: string }
    readonly targets: readonly (Query & { readonly refId: string })[]
  }[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition: string }[] }
  readonly annotations: { readonly list: readonly Query[] }
}

export const dashboard = (): Dashboard => JSON.parse(monitoringFile('grafana/dashboard.json')) as Dashboard

/** Every query that the dashboard makes, with Grafana's variables filled in as it would. */
export function dashboardQueries(): readonly string[] {
  const { panels, annotations } = dashboard()
  return [...panels.flatMap(({ targets }) => targets), ...annotations.list].map(({ expr }) =>
    expr.replace(/\$(connection|instance)\b/g, '.*').replace(/\$__(rate_interval|range)\b/g, '5m'),
  )
}
