import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { signedGreenhouseWebhook, signedLeverWebhook } from '../../src/sandbox/sign.ts'
import { addCandidate, addOpportunity } from '../support/people.ts'
import { deliveryIds } from '../support/sent.ts'
import { until } from '../support/until.ts'
import { useWorld } from '../support/use-world.ts'

const MAX_BODY_BYTES = 1024 * 1024

describe('the receiver', () => {
  const world = useWorld()

  const post = async (connection: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(world.hook(connection), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    })
    return { status: response.status, text: await response.text() }
  }
  const signature = (body: string, secret = world.greenhouse.webhookSecret) => ({
    signature: `sha256 ${createHmac('sha256', secret).update(body).digest('hex')}`,
  })
  const aMove = () => world.greenhouse.move(addCandidate(world).applicationId, SANDBOX_STAGE)

  test('answers exactly 200, queued, then duplicate, with the same delivery', async () => {
    const { greenhouse, hook } = world
    const payload = aMove()
    const first = await greenhouse.sendWebhook(hook('greenhouse'), payload)
    const again = await greenhouse.sendWebhook(hook('greenhouse'), payload)
    const deliveries = [expect.stringMatching(/^dlv_[0-9a-f]{26}$/)]
    expect(first).toMatchObject({ status: 200, body: { status: 'queued', deliveries } })
    expect(again).toEqual({ ...first, body: { ...(first.body as object), status: 'duplicate' } })
  })

  test.each<readonly [string, string, () => object]>([
    ['a ping', 'ping', () => world.greenhouse.ping('https://bridge.example.com/webhooks/greenhouse')],
    ['a rejection', 'other-event', () => world.greenhouse.reject(addCandidate(world).applicationId)],
    [
      'a move into another stage',
      'no-route',
      () => world.greenhouse.move(addCandidate(world).applicationId, 'Face to Face'),
    ],
    [
      'a prospect',
      'prospect',
      () => {
        const { applicationId } = addCandidate(world, { job: null })
        return world.greenhouse.payloadOf(applicationId, 'candidate_stage_change')
      },
    ],
    ['a stage change without an application', 'malformed', () => ({ action: 'candidate_stage_change', payload: {} })],
    ['a body that is no object', 'malformed', () => ['candidate_stage_change']],
  ])('ignores %s of Greenhouse with exactly 200 and the reason %s', async (_what, reason, payload) => {
    const { body, headers } = signedGreenhouseWebhook(payload(), world.greenhouse.webhookSecret)
    const { status, text } = await post('greenhouse', body, headers)
    expect({ status, body: JSON.parse(text) as unknown }).toEqual({ status: 200, body: { status: 'ignored', reason } })
  })

  test.each<readonly [string, string, string, object]>([
    ['the connection test, whose data is empty,', 'ping', 'candidateHired', {}],
    ['an archive change', 'other-event', 'candidateArchiveChange', { opportunityId: 'some-opportunity' }],
    ['a stage change without an opportunity', 'malformed', 'candidateStageChange', { toStageId: 'offer' }],
  ])('ignores %s of Lever with exactly 200 and the reason %s', async (_what, reason, event, data) => {
    const { body } = signedLeverWebhook(event, data as Record<string, unknown>, world.lever.signingToken)
    const { status, text } = await post('lever', body)
    expect({ status, body: JSON.parse(text) as unknown }).toEqual({ status: 200, body: { status: 'ignored', reason } })
  })

  test('lets the load step judge a Lever stage whose name is not known yet, and ignores it once it is', async () => {
    const { lever, vendor, api, startReplica } = world
    const { url } = await startReplica({ role: 'web' })
    const { opportunityId, email } = addOpportunity(world)
    const send = async () => await lever.sendWebhook(`${url}/webhooks/lever`, lever.move(opportunityId, 'Offer'))
    const [id = ''] = deliveryIds(await send())
    expect(await api.settled(id)).toMatchObject({ state: 'lapsed', reason: 'other-stage' })
    await until(async () => ((await send()).body as { reason?: string }).reason === 'no-route')
    expect(vendor.interviews().map((interview) => interview.email)).not.toContain(email)
  })

  test('refuses whatever is wrong with a signature with the same 401', async () => {
    const { body } = signedGreenhouseWebhook(aMove(), 'x')
    const lever = signedLeverWebhook('candidateStageChange', { opportunityId: 'a' }, world.lever.signingToken)
    const leverBody = JSON.parse(lever.body) as Record<string, unknown>
    const { signature: _signature, ...unsigned } = leverBody
    const answers = await Promise.all([
      post('greenhouse', body, signature(body, 'somebody else’s')),
      post('greenhouse', body),
      post('greenhouse', body, { signature: '' }),
      post('greenhouse', body, { signature: signature(body).signature.slice('sha256 '.length) }),
      post('greenhouse', body, { signature: signature(body).signature.slice(0, -1) }),
      post('greenhouse', body, { signature: 'sha256 not-hexadecimal' }),
      post('greenhouse', body.replace('Quillfeather', 'Quillfeathes'), signature(body)),
      post('greenhouse', `${body} `, signature(body)),
      post('lever', JSON.stringify({ ...leverBody, signature: '0'.repeat(64) })),
      post('lever', JSON.stringify({ ...leverBody, signature: 'short' })),
      post('lever', JSON.stringify({ ...leverBody, triggeredAt: Number(leverBody['triggeredAt']) + 1 })),
      post('lever', JSON.stringify(unsigned)),
      post('lever', '{}'),
    ])
    expect(answers).toEqual(answers.map(() => ({ status: 401, text: '{"status":"unauthorized"}' })))
  })

  test('takes a webhook signed with the second secret of a rotation', async () => {
    const { greenhouse, lever, settings, startReplica } = world
    const rotating = { webhookSecrets: ['the new one', greenhouse.webhookSecret] }
    const tokens = { signingTokens: ['the new one', lever.signingToken] }
    const connections = settings.connections.map((connection) => ({
      ...connection,
      settings: { ...(connection.settings as object), ...(connection.ats === 'lever' ? tokens : rotating) },
    }))
    const { url } = await startReplica({ role: 'web', connections })
    const move = aMove()
    for (const secret of ['the new one', greenhouse.webhookSecret]) {
      const sent = await greenhouse.sendWebhook(`${url}/webhooks/greenhouse`, move, { secret })
      expect(sent).toMatchObject({ status: 200, body: { deliveries: [expect.any(String)] } })
    }
    for (const signingToken of ['the new one', lever.signingToken]) {
      const sent = await lever.sendWebhook(`${url}/webhooks/lever`, lever.connectionTest(), { signingToken })
      expect(sent).toMatchObject({ status: 200, body: { reason: 'ping' } })
    }
  })

  test('knows no other connection, signed or not', async () => {
    const { body, headers } = signedGreenhouseWebhook(aMove(), world.greenhouse.webhookSecret)
    const answers = [await post('greenhouse-eu', body, headers), await post('__proto__', '{}')]
    expect(answers).toEqual(answers.map(() => ({ status: 404, text: '{"status":"unknown-connection"}' })))
  })

  test('takes a body of 1 MiB and refuses a longer one with 413', async () => {
    const around = '{"action":"ping","payload":{"filler":""}}'
    const full = around.replace('""', `"${'x'.repeat(MAX_BODY_BYTES - around.length)}"`)
    expect(await post('greenhouse', full, signature(full))).toMatchObject({ status: 200 })
    const tooLong = `${full} `
    expect(await post('greenhouse', tooLong, signature(tooLong))).toMatchObject({ status: 413 })
  })

  test('refuses another content type, or none, with 415', async () => {
    const body = '{"action":"ping","payload":{}}'
    const asText = await post('greenhouse', body, { ...signature(body), 'content-type': 'text/plain' })
    const init = { method: 'POST', headers: signature(body), body: new TextEncoder().encode(body) }
    const asNothing = await fetch(world.hook('greenhouse'), init)
    expect([asText.status, asNothing.status]).toEqual([415, 415])
    const counted = 'bridge_webhooks_total{connection="greenhouse",status="wrong-content-type",reason=""} 2'
    expect(await (await fetch(`${world.bridge.url}/metrics`)).text()).toContain(counted)
  })

  test('refuses what is not JSON with 400 as soon as the sender is known', async () => {
    const garbage = 'not JSON: { "action"'
    expect(await post('greenhouse', garbage, signature(garbage))).toEqual({
      status: 400,
      text: '{"status":"not-json"}',
    })
    expect(await post('greenhouse', garbage, signature(garbage, 'x'))).toMatchObject({ status: 401 })
    // Lever's signature stands in the body: without JSON there is none to check.
    expect(await post('lever', garbage)).toEqual({ status: 400, text: '{"status":"not-json"}' })
    expect(await post('lever', '')).toMatchObject({ status: 400 })
  })

  test('answers an address 429 after 100 failures in a minute, and its signed webhooks 200 all the same', async () => {
    const { greenhouse, startReplica } = world
    const { url } = await startReplica({ role: 'web' })
    const fail = async () => await greenhouse.sendWebhook(`${url}/webhooks/greenhouse`, aPing(), { secret: 'wrong' })
    const aPing = () => greenhouse.ping(url)
    const refusalsLogged = () => world.logged.join('').split('"reason":"wrong-signature"').length - 1
    const loggedBefore = refusalsLogged()
    const failures = await Promise.all(Array.from({ length: 100 }, fail))
    expect(new Set(failures.map(({ status }) => status))).toEqual(new Set([401]))
    const askedAt = performance.now()
    expect(await fail()).toMatchObject({ status: 429, body: { status: 'too-many-failures' } })
    // Slowed, so that who sends as fast as they are answered takes nobody's time. A timer may be a millisecond early.
    expect(performance.now() - askedAt).toBeGreaterThanOrEqual(99)
    expect(await greenhouse.sendWebhook(`${url}/webhooks/greenhouse`, aMove())).toMatchObject({ status: 200 })
    expect(await fail()).toMatchObject({ status: 429 })
    // All are counted; of a flood the log holds no more than the first.
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(/^bridge_webhooks_total\{.*wrong-signature.*\} (\d+)$/m.exec(metrics)?.[1]).toBe('102')
    expect(refusalsLogged() - loggedBefore).toBe(100)
  })
})
