import { beforeAll, describe, expect, test } from 'vitest'
import { alertRules, dashboard, dashboardQueries, monitoringFile } from '../../support/monitoring-files.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../../support/people.ts'
import { promtool } from '../../support/promtool.ts'
import { until } from '../../support/until.ts'
import { useWorld } from '../../support/use-world.ts'

/** Names in a text of PromQL. */
const namesIn = (text: string) => [...new Set(text.match(/\bbridge_[a-z0-9_]+/g) ?? [])]
const withoutPart = (name: string) => name.replace(/_(bucket|sum|count)$/, '')

describe('the metrics of a bridge', () => {
  const world = useWorld({ overrides: { sweepTickMs: 50 } })
  let before: string
  let after: string

  const scrape = async () => await (await fetch(`${world.bridge.url}/metrics`)).text()
  const isSwept = (text: string) => text.match(/^bridge_sweep_last_success_timestamp_seconds\{/gm)?.length === 2

  beforeAll(async () => {
    before = await scrape()
    const { applicationId } = addCandidate(world)
    const ids = [await moveIn(world, applicationId), await moveInAtLever(world, addOpportunity(world).opportunityId)]
    world.vendor.fault({ kind: 'error-request', operation: 'create', status: 404 })
    ids.push(await moveIn(world, addCandidate(world).applicationId))
    await Promise.all(ids.map((id) => world.api.settled(id)))
    after = await until(async () => {
      const text = await scrape()
      return isSwept(text) && /^bridge_last_webhook_timestamp_seconds\{connection="lever"/m.test(text) && text
    })
  })

  const exported = (text: string) =>
    [...text.matchAll(/^# TYPE (\S+)/gm)]
      .map(([, name]) => String(name))
      .filter((name) => !/^bridge_(process|nodejs)_/.test(name))
  const seriesOf = (text: string) =>
    new Set(
      text.split('\n').flatMap((line) => (line.startsWith('bridge_') ? line.slice(0, line.lastIndexOf(' ')) : [])),
    )

  test('pass Prometheus’s own check of names, types and helps', async () => {
    expect(await promtool(['check', 'metrics'], after)).toEqual({ code: 0, said: '' })
  })

  test('are all there from the start: none of what is counted is born later', () => {
    const readFromStore = /^bridge_(last_webhook|rate_budget|sweep|nodejs_active|nodejs_gc)/
    const known = seriesOf(before)
    const born = [...seriesOf(after)].filter((series) => !known.has(series) && !readFromStore.test(series))
    expect(born).toEqual([])
  })

  test('are those that the rules and the dashboard ask for', () => {
    const { templating } = dashboard()
    const asked = [
      ...alertRules().map(({ expr }) => expr),
      ...dashboardQueries(),
      ...templating.list.map((one) => one.definition),
    ]
    const names = new Set([...seriesOf(after)].map((series) => series.replace(/\{.*/s, '')))
    // Redis has no limit here.
    names.add('bridge_store_limit_bytes')
    expect(asked.flatMap(namesIn).filter((name) => !names.has(name))).toEqual([])
    expect(new Set(asked.flatMap(namesIn)).size).toBeGreaterThan(20)
  })

  test('are those of the README’s table, with their labels', () => {
    const rows = [...monitoringFile('README.md').matchAll(/^\| `(bridge_\w+)`(?: \*store\*)? \|([\w, ]*)\|/gm)]
    expect(rows.map(([, name]) => name).toSorted()).toEqual(exported(after).toSorted())
    for (const [, name = '', labels = ''] of rows) {
      const used = new Set(
        [...seriesOf(after)]
          .filter((series) => withoutPart(series.replace(/\{.*/s, '')) === name)
          .flatMap((series) => [...series.matchAll(/(\w+)="/g)].map(([, label]) => String(label))),
      )
      used.delete('le')
      expect([name, [...used].join(', ')]).toEqual([name, labels.trim()])
    }
  })
})

describe('the Grafana dashboard', () => {
  const { panels, uid, schemaVersion, templating } = dashboard()

  test('has what Grafana needs to load it', () => {
    expect({ uid, schemaVersion }).toEqual({ uid: 'interview-link-bridge', schemaVersion: expect.any(Number) })
    expect(templating.list.map(({ name }) => name)).toEqual(['connection', 'instance'])
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const { targets, datasource, title, type } of panels) {
      expect(title).not.toBe('')
      expect(['stat', 'timeseries', 'table']).toContain(type)
      expect(datasource.uid).toBe('prometheus')
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length)
      expect(targets.length).toBeGreaterThan(0)
    }
  })

  test('has no panel upon another', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24)
  })
})
