import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { requireBinary } from './binaries.ts'
import { end } from './child-processes.ts'
import { freePort } from './free-port.ts'
import { monitoringFile, monitoringPath } from './monitoring-files.ts'
import { launch } from './server-process.ts'

/** A private Prometheus. */
export interface PrometheusServer {
  /** Asks its API. @param path below `/api/v1/` @returns what stands under `data` @throws Error it answers with an error */
  ask<Answer>(path: string, query?: Readonly<Record<string, string>>): Promise<Answer>
  stop(): Promise<void>
}

interface Configuration {
  readonly global: object
  readonly scrape_configs: readonly { readonly job_name: string }[]
}

/** Starts Prometheus with the configuration and rules that ship, but for what is scraped and how often. */
export async function startPrometheus(target: string): Promise<PrometheusServer> {
  const dir = mkdtempSync(join(tmpdir(), 'bridge-prometheus-'))
  const shipped = parse(monitoringFile('prometheus/prometheus.yml')) as Configuration
  const configuration = {
    ...shipped,
    global: { ...shipped.global, scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [monitoringPath('prometheus/alerts.yml')],
    scrape_configs: shipped.scrape_configs.map((one) => ({ ...one, static_configs: [{ targets: [target] }] })),
  }
  writeFileSync(join(dir, 'prometheus.yml'), stringify(configuration))
  const address = `127.0.0.1:${await freePort()}`
  const child = await launch({
    command: requireBinary('prometheus'),
    args: [
      ...['--config.file', join(dir, 'prometheus.yml'), '--storage.tsdb.path', join(dir, 'data')],
      ...['--web.listen-address', address],
    ],
    readyWhen: /Server is ready to receive web requests/,
  })
  return {
    async ask<Answer>(path: string, query: Readonly<Record<string, string>> = {}) {
      const response = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(query)}`)
      const { status, data, error } = (await response.json()) as { status: string; data: Answer; error?: string }
      if (status !== 'success') throw new Error(error ?? status)
      return data
    },
    async stop() {
      await end(child, 'SIGTERM')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
