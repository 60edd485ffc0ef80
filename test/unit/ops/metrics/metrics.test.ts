import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { LapsedError, PermanentError, RetryableError } from '../../../../src/domain/errors.ts'
import { makeMetrics } from '../../../../src/ops/metrics/metrics.ts'
import { makeReport } from '../../../../src/ops/report.ts'
import { aDelivery } from '../../../support/ats-tools.ts'

const observed = {
  version: '1.2.3',
  role: 'all',
  store: 'redis',
  connections: ['acme'],
  targets: new Map([['greenhouse', ['token', 'list/jobs']]]),
}

/** The samples of one metric that are not 0, by their labels. */
async function samplesOf(metrics: ReturnType<typeof makeMetrics>, name: string): Promise<Record<string, number>> {
  const lines = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`))
  const samples = lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))])
  return Object.fromEntries(samples.filter(([, value]) => value !== 0)) as Record<string, number>
}

describe('metrics', () => {
  test('begin at 0 with all labels, so that Prometheus sees the first increase', async () => {
    const lines = (await makeMetrics(observed).registry.metrics()).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'bridge_webhooks_total{connection="acme",status="queued",reason=""} 0',
        'bridge_webhooks_total{connection="acme",status="unauthorized",reason="wrong-signature"} 0',
        'bridge_webhooks_total{connection="",status="unknown-connection",reason=""} 0',
        'bridge_deliveries_finished_total{connection="acme",state="dead",reason="vendor-refused"} 0',
        'bridge_delivery_seconds_count{connection="acme",state="delivered"} 0',
        'bridge_retries_total{connection="acme",reason="rate-limited"} 0',
        'bridge_attempts_total{connection="acme",step="write-back",outcome="unknown"} 0',
        'bridge_interviews_total{outcome="read-back"} 0',
        'bridge_client_requests_total{target="greenhouse",operation="token",code="401"} 0',
        'bridge_rate_waiting_seconds_total{connection="acme"} 0',
        'bridge_stalled_total 0',
      ]),
    )
  })

  test('tell how long a delivery took from its webhook, and nothing of the days that a dead one waited for its replay', async () => {
    const metrics = makeMetrics(observed)
    const report = makeReport(pino({ level: 'silent' }), metrics)
    const delivery = aDelivery({ receivedAt: 0 })
    const end = { state: 'delivered', reason: 'written', isAttempt: true, learned: {}, timeline: [] } as const
    const run = { run: 1, attempt: 1, unfinished: 1, roundStartedAt: 0 }
    report.attempted(delivery, { ...run, round: 0 }, { ...end, at: 4_000 }, 1)
    report.attempted(delivery, { ...run, round: 1 }, { ...end, at: 172_800_000 }, 1)
    const labels = '{connection="acme",state="delivered"}'
    expect(await samplesOf(metrics, 'bridge_delivery_seconds_sum')).toEqual({ [labels]: 4 })
    expect(await samplesOf(metrics, 'bridge_deliveries_finished_total')).toEqual({
      '{connection="acme",state="delivered",reason="written"}': 2,
    })
  })

  test('tell what runs', async () => {
    const labels = `{version="1.2.3",node="${process.versions.node}",role="all",store="redis"}`
    expect(await samplesOf(makeMetrics(observed), 'bridge_build_info')).toEqual({ [labels]: 1 })
  })

  test('count a webhook under its own reason, and a stranger’s under no connection', async () => {
    const metrics = makeMetrics(observed)
    metrics.webhooks.answered('acme', 'ping', 20)
    metrics.webhooks.answered('acme', 'queued', 20)
    metrics.webhooks.answered('', 'unknown-connection', 20)
    metrics.webhooks.refusedUnread('what a stranger wrote', 'body-too-large')
    expect(await samplesOf(metrics, 'bridge_webhooks_total')).toEqual({
      '{connection="acme",status="ignored",reason="ping"}': 1,
      '{connection="acme",status="queued",reason=""}': 1,
      '{connection="",status="unknown-connection",reason=""}': 1,
      '{connection="",status="body-too-large",reason=""}': 1,
    })
    expect(await samplesOf(metrics, 'bridge_webhook_answer_seconds_sum')).toEqual({
      '{connection="acme"}': 0.04,
      '{connection=""}': 0.02,
    })
  })

  const unknown = new RetryableError('vendor-unavailable', { outcome: 'unknown' })
  test.each([
    ['an end in good order', undefined, 'done'],
    ['a lapse', new LapsedError('moved-on'), 'done'],
    ['what may heal', new RetryableError('ats-unavailable'), 'retry'],
    ['a mistake of ours', new TypeError('x'), 'retry'],
    ['what cannot heal', new PermanentError('vendor-refused'), 'refused'],
    ['a write that may have taken effect', unknown, 'unknown'],
  ])('count a step that ended with %s', async (_title, error, outcome) => {
    const metrics = makeMetrics(observed)
    metrics.deliveries.stepDone('acme', 'interview', 'a word', 500, error)
    expect(await samplesOf(metrics, 'bridge_attempts_total')).toEqual({
      [`{connection="acme",step="interview",outcome="${outcome}"}`]: 1,
    })
    expect(await samplesOf(metrics, 'bridge_step_seconds_sum')).toEqual({ '{step="interview"}': 0.5 })
  })

  test('take a read without an answer for one to be made again, since it changes nothing', async () => {
    const metrics = makeMetrics(observed)
    metrics.deliveries.stepDone('acme', 'load', 'failed', 500, unknown)
    expect(await samplesOf(metrics, 'bridge_attempts_total')).toEqual({
      '{connection="acme",step="load",outcome="retry"}': 1,
    })
  })

  test('tell how deliveries came by their interview', async () => {
    const { deliveries, registry, ...rest } = makeMetrics(observed)
    for (const word of ['created', 'reused', 'reused', 'read-back']) deliveries.stepDone('acme', 'interview', word, 1)
    for (const error of [unknown, new PermanentError('interview-exists-link-unknown')])
      deliveries.stepDone('acme', 'interview', 'failed', 1, error)
    deliveries.stepDone('acme', 'interview', 'failed', 1, new PermanentError('vendor-refused'))
    deliveries.stepDone('acme', 'write-back', 'written', 1)
    expect(await samplesOf({ deliveries, registry, ...rest }, 'bridge_interviews_total')).toEqual({
      '{outcome="created"}': 1,
      '{outcome="reused"}': 2,
      '{outcome="read-back"}': 1,
      '{outcome="unknown"}': 2,
    })
  })
})
