import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { startRedis } from '../support/redis-server.ts'
import type { TestServer } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { startWorld, type World } from '../support/world.ts'

describe('what the bridge says of itself', () => {
  let redis: TestServer
  let world: World

  beforeAll(async () => {
    redis = await startRedis()
    world = await startWorld({ kind: 'redis', url: redis.url })
  })
  afterAll(async () => {
    await world?.close()
    await redis?.stop()
  })

  const get = async (path: string) => {
    const response = await fetch(world.bridge.url + path)
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
  }
  const readiness = async () => {
    const { status, text } = await get('/readyz')
    return { status, body: JSON.parse(text) as unknown }
  }
  const ready = { status: 200, body: { status: 'ready' } }
  const notReady = { status: 503, body: { status: 'not-ready', reason: 'store-unavailable' } }

  test('counts webhooks and deliveries in Prometheus’s format, and names nobody', async () => {
    const { greenhouse, lever, api, hook } = world
    const candidate = addCandidate(world)
    const opportunity = addOpportunity(world)
    const ids = [await moveIn(world, candidate.applicationId), await moveInAtLever(world, opportunity.opportunityId)]
    const links = (await Promise.all(ids.map((id) => api.settled(id)))).map(({ interviewLink }) =>
      String(interviewLink),
    )
    await greenhouse.sendWebhook(hook('greenhouse'), greenhouse.ping(hook('greenhouse')))
    await lever.sendWebhook(hook('lever'), lever.connectionTest(), { signingToken: 'wrong' })
    await greenhouse.sendWebhook(hook('a-strangers-word'), greenhouse.ping(hook('greenhouse')))
    // The counter follows the delivery's end by a moment.
    const { text, type } = await until(async () => {
      const answer = await get('/metrics')
      return answer.text.match(/^bridge_deliveries_finished_total\{.*\} 1$/gm)?.length === 2 && answer
    })

    expect(type).toContain('text/plain')
    const sample = /^[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="[^"]*",?)*\})? (-?\d+(\.\d+)?(e[+-]?\d+)?|[+-]Inf|NaN)$/
    const comment = /^# (HELP|TYPE) [a-zA-Z_:][\w:]* .+$/
    const lines = text.split('\n').filter((line) => line !== '')
    expect(lines.filter((line) => !sample.test(line) && !comment.test(line))).toEqual([])
    expect(lines).toEqual(
      expect.arrayContaining([
        'bridge_webhooks_total{connection="greenhouse",status="queued",reason=""} 1',
        'bridge_webhooks_total{connection="greenhouse",status="ignored",reason="ping"} 1',
        'bridge_webhooks_total{connection="lever",status="unauthorized",reason="wrong-signature"} 1',
        'bridge_webhooks_total{connection="",status="unknown-connection",reason=""} 1',
        'bridge_deliveries_finished_total{connection="greenhouse",state="delivered",reason="written"} 1',
        'bridge_deliveries_finished_total{connection="lever",state="delivered",reason="written"} 1',
        'bridge_client_requests_total{target="interviewflow",operation="create",code="201"} 2',
      ]),
    )
    const { candidateId, applicationId, email } = candidate
    const told = [String(candidateId), String(applicationId), email, opportunity.opportunityId, opportunity.email]
    const secrets = [...ids, ...links, 'a-strangers-word', 'Quillfeather', greenhouse.webhookSecret]
    expect([...told, ...secrets].filter((word) => text.includes(word))).toEqual([])
  })

  test('is alive without its store, but not ready, and ready again when the store is back', async () => {
    expect(await readiness()).toEqual(ready)
    await redis.kill()
    expect(await readiness()).toEqual(notReady)
    expect(await get('/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}' })
    expect(await get('/metrics')).toMatchObject({ status: 200 })
    await redis.restart()
    expect(await until(async () => (await readiness()).status === 200 && readiness())).toEqual(ready)
  })

  test('is not ready while its store is frozen', async () => {
    redis.freeze()
    expect(await readiness()).toEqual(notReady)
    redis.thaw()
    expect(await until(async () => (await readiness()).status === 200 && readiness())).toEqual(ready)
  })
})
