import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { SANDBOX_STAGE } from '../../../src/sandbox/settings.ts'
import { signedLeverWebhook } from '../../../src/sandbox/sign.ts'
import { addCandidate, addOpportunity } from '../../support/people.ts'
import { deliveryIds } from '../../support/sent.ts'
import { useWorld } from '../../support/use-world.ts'

describe('the door', () => {
  const world = useWorld()

  const sign = (body: string | Buffer, secret = world.greenhouse.webhookSecret) => ({
    signature: `sha256 ${createHmac('sha256', secret).update(body).digest('hex')}`,
  })
  const post = async (connection: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(world.hook(connection), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    })
    return { status: response.status, body: (await response.json()) as unknown }
  }

  test('unpacks nothing: a packed body is bytes like any other', async () => {
    const plain = JSON.stringify({ action: 'ping', payload: { filler: 'x'.repeat(10_000_000) } })
    const packed = gzipSync(plain)
    const encoding = { 'content-encoding': 'gzip' }
    expect(await post('greenhouse', packed, { ...encoding, ...sign(packed) })).toMatchObject({ status: 400 })
    expect(await post('greenhouse', packed, { ...encoding, ...sign(plain) })).toMatchObject({ status: 401 })
    expect(await post('lever', packed, encoding)).toMatchObject({ status: 400 })
  })

  test.each(['[', '{"a":'])('takes no harm from what nests without end: %s', async (opening) => {
    const deep = `{"action":"candidate_stage_change","payload":${opening.repeat(100_000)}`
    expect(await post('greenhouse', deep, sign(deep))).toEqual({
      status: 200,
      body: { status: 'ignored', reason: 'malformed' },
    })
    expect(await post('lever', deep)).toMatchObject({ status: 401 })
  })

  test('takes keys that name JavaScript’s own parts for keys like any other', async () => {
    const { applicationId } = addCandidate(world)
    const text = JSON.stringify(world.greenhouse.move(applicationId, SANDBOX_STAGE))
    const poison =
      '"__proto__":{"admin":true,"ignored":"ping"},"constructor":{"prototype":{"admin":true}},"prototype":1,"toString":1'
    const poisoned = text.replaceAll('{"', `{${poison},"`)
    const sent = await post('greenhouse', poisoned, sign(poisoned))
    expect(sent).toMatchObject({ status: 200, body: { status: 'queued' } })
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
    const [id = ''] = (sent.body as { deliveries: string[] }).deliveries
    const delivery = await world.api.settled(id)
    expect(delivery).toMatchObject({ state: 'delivered', applicationId: String(applicationId) })
    expect('admin' in delivery).toBe(false)

    const signed = signedLeverWebhook('candidateStageChange', {}, world.lever.signingToken).body
    const inherited = signed.replace('"data":{}', '"data":{"__proto__":{"opportunityId":"a","toStageId":"b"}}')
    expect(await post('lever', inherited)).toMatchObject({ status: 200, body: { status: 'ignored' } })
  })

  test('knows no connection by the name of what every object has', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
      expect(await post(name, '{}')).toEqual({ status: 404, body: { status: 'unknown-connection' } })
  })

  test('says nothing that a page could be made of', async () => {
    const answers = [
      await fetch(world.hook('lever'), { method: 'POST' }),
      await fetch(`${world.bridge.url}/<script>`),
      await fetch(`${world.bridge.url}/%ff%fe`),
      await fetch(`${world.bridge.url}/healthz`),
    ]
    for (const { status, headers } of answers) {
      expect({ status, ...Object.fromEntries(headers) }).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cache-control': 'no-store',
      })
    }
    expect(await Promise.all(answers.slice(1, 3).map((answer) => answer.text()))).toEqual([
      '{"status":"not-found"}',
      '{"status":"not-found"}',
    ])
  })

  describe('where a Lever webhook of somebody else’s is replayed with other data', () => {
    /** Somebody who has seen one webhook has its token, time and signature, and can put any data beside them. */
    const forge = async (data: Readonly<Record<string, unknown>>, event = 'candidateStageChange') => {
      const seen = JSON.parse(
        signedLeverWebhook('candidateStageChange', { opportunityId: 'x', toStageId: 'y' }, world.lever.signingToken)
          .body,
      ) as object
      return await post('lever', JSON.stringify({ ...seen, event, data }))
    }
    const interviewsOf = (email: string) => world.vendor.interviews().filter((interview) => interview.email === email)

    test('nobody is interviewed who is not in the stage', async () => {
      const { opportunityId, contactId, email } = addOpportunity(world, { stage: 'Recruiter screen' })
      const toStageId = world.lever.stageId(SANDBOX_STAGE)
      const forged = await forge({ opportunityId, contactId, toStageId })
      const [id = ''] = deliveryIds({ ...forged, attempts: 1, accepted: true })
      expect(await world.api.settled(id)).toMatchObject({ state: 'lapsed', reason: 'moved-on' })
      expect(interviewsOf(email)).toEqual([])
      expect(world.lever.noteTextsOf(opportunityId)).toEqual([])
    })

    test('an invented opportunity, or one in the shape of a path, comes to nothing', async () => {
      const toStageId = world.lever.stageId(SANDBOX_STAGE)
      const unknown = await forge({ opportunityId: crypto.randomUUID(), toStageId })
      const [id = ''] = deliveryIds({ ...unknown, attempts: 1, accepted: true })
      expect(await world.api.settled(id)).toMatchObject({ state: 'lapsed', reason: 'gone' })
      const path = await forge({ opportunityId: '../users?email=', toStageId })
      expect(path).toMatchObject({ status: 200, body: { status: 'ignored', reason: 'malformed' } })
      expect(world.lever.unexpected()).toEqual([])
    })

    test('whoever is in the stage is interviewed once, under the contact that Lever names', async () => {
      const { opportunityId, contactId, email } = addOpportunity(world)
      world.lever.move(opportunityId, SANDBOX_STAGE)
      const toStageId = world.lever.stageId(SANDBOX_STAGE)
      for (const foreign of ['somebody-else', 'another-one']) {
        const forged = await forge({ opportunityId, contactId: foreign, toStageId })
        const [id = ''] = deliveryIds({ ...forged, attempts: 1, accepted: true })
        expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', candidateId: contactId })
      }
      expect(interviewsOf(email)).toHaveLength(1)
      expect(world.lever.noteTextsOf(opportunityId)).toHaveLength(1)
    })
  })
})
