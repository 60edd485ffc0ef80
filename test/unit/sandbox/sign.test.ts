import { describe, expect, test } from 'vitest'
import { verifyHmac } from '../../../src/ats/hmac.ts'
import { greenhouseJson, signedGreenhouseWebhook, signedLeverWebhook } from '../../../src/sandbox/sign.ts'

const check = (signature: string, body: string, signed: string, secret: string) =>
  verifyHmac({ headers: {}, body: Buffer.from(body) }, signature, signed, [secret])

describe('a Greenhouse webhook that we sign', () => {
  test('has the digest of the ping recorded in the vendor’s issue 276', () => {
    const ping = {
      action: 'ping',
      payload: {
        web_hook_id: 4001693002,
        endpoint_url: 'https://67e09e60.ngrok.io/webhooks',
        created_at: '2018-12-20T15:43:12Z',
        updated_at: '2018-12-27T09:40:14Z',
        name: 'Job Post Create',
        event: 'Job Post Created',
        active: true,
        'content-type': 'application/json',
      },
    }
    const { headers } = signedGreenhouseWebhook(ping, '1uSUju2H6AohOE7OQVaxeLT3O8Uxxuas')
    expect(headers['signature']).toBe('sha256 395b1309fd37f0732d1ed11c15e03edd61b818918df6bf93be7c71bafb09c877')
  })

  test('escapes the characters that Rails escapes, and is signed over that text', () => {
    const value = { title: 'R&D <Engineer> \u2028' }
    expect(greenhouseJson(value)).toBe('{"title":"R\\u0026D \\u003cEngineer\\u003e \\u2028"}')
    const { headers, body } = signedGreenhouseWebhook(value, 'secret')
    expect(JSON.parse(body)).toEqual(value)
    const digest = headers['signature']?.replace('sha256 ', '') ?? ''
    expect(() => check(digest, body, body, 'secret')).not.toThrow()
    expect(() => check(digest, body, JSON.stringify(value), 'secret')).toThrow()
  })

  test('has an event id of its own unless one is given', () => {
    const idOf = (options?: { eventId: string }) =>
      signedGreenhouseWebhook({}, 'secret', options).headers['greenhouse-event-id']
    expect(idOf()).not.toBe(idOf())
    expect(idOf({ eventId: 'e-1' })).toBe('e-1')
  })
})

describe('a Lever webhook that we sign', () => {
  test('covers token and time, with the signing token taken as text', () => {
    const { body } = signedLeverWebhook(
      'candidateStageChange',
      { opportunityId: 'o' },
      '81358960e95ed76bf1def200692c2f956818caf168682e26',
      { triggeredAt: 1431454330072, token: 'be58f711f349c7780e4579cd7c63341ac6f881e4dccc3154' },
    )
    const { signature } = JSON.parse(body) as { signature: string }
    expect(signature).toBe('5938aee62a7de5482b26c8abdd8a4eab1b4febaba6465b4fede7e8b27171fc35')
  })

  test('has an id, but not when it is the connection test', () => {
    const keysOf = (data: Record<string, unknown>) => Object.keys(JSON.parse(signedLeverWebhook('e', data, 't').body))
    expect(keysOf({ opportunityId: 'o' })).toContain('id')
    expect(keysOf({})).not.toContain('id')
  })
})
