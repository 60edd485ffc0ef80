import { describe, expect, test } from 'vitest'
import { useWorld } from '../../support/use-world.ts'

/** @see src/receive/webhook-endpoint.ts */
const FREE = 100

describe('the limit on strangers', () => {
  const world = useWorld()

  /** A web process of its own, with a memory of its own, and the statuses of failures under the addresses claimed. */
  const failuresAt = async (trustProxy: false | readonly string[], path = '/webhooks/greenhouse', body = '{}') => {
    const { url } = await world.startReplica({ role: 'web', trustProxy })
    const fail = async (forwardedFor: string) => {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': forwardedFor }
      const response = await fetch(url + path, { method: 'POST', headers, body })
      await response.arrayBuffer()
      return response.status
    }
    return async (claims: readonly string[]) => await Promise.all(claims.map(fail))
  }
  const many = (claim: (index: number) => string) => Array.from({ length: FREE }, (_, index) => claim(index))
  const refused = (times: number) => Array.from({ length: times }, () => 429)

  test('cannot be evaded by claiming other addresses', async () => {
    const fail = await failuresAt(false)
    await fail(many((index) => `198.51.100.${index}`))
    expect(await fail(['203.0.113.1', '203.0.113.2, 10.0.0.1'])).toEqual(refused(2))
  })

  test('believes a trusted proxy’s last word and nothing that the sender put before it', async () => {
    const fail = await failuresAt(['127.0.0.1'])
    await fail(many((index) => `198.51.100.${index}, 203.0.113.9`))
    expect(await fail(['192.0.2.1, 203.0.113.9'])).toEqual(refused(1))
    // Somebody else behind the same proxy is not held responsible.
    expect(await fail(['203.0.113.9, 203.0.113.10'])).toEqual([401])
  })

  test('takes all addresses of an IPv6 network of 64 bits for one', async () => {
    const fail = await failuresAt(['127.0.0.1'])
    await fail(many((index) => `2001:db8:0:7::${(index + 1).toString(16)}`))
    expect(await fail(['2001:db8:0:7:ffff:ffff:ffff:ffff'])).toEqual(refused(1))
    expect(await fail(['2001:db8:0:8::1'])).toEqual([401])
  })

  test('counts whoever tries names of connections', async () => {
    const fail = await failuresAt(false, '/webhooks/greenhouse-eu')
    expect(new Set(await fail(many(() => '')))).toEqual(new Set([404]))
    expect(await fail([''])).toEqual(refused(1))
  })

  test('counts what is no JSON where the signature should stand in it', async () => {
    const fail = await failuresAt(false, '/webhooks/lever', 'not JSON')
    expect(new Set(await fail(many(() => '')))).toEqual(new Set([400]))
    expect(await fail([''])).toEqual(refused(1))
  })
})
