import { describe, expect, test } from 'vitest'
import { useWorld } from '../../support/use-world.ts'

const deliveries = '/api/deliveries'
const replay = '/api/deliveries/dlv_none/replay'

describe('the admin API towards strangers', () => {
  const world = useWorld()

  const basic = (password: string, user = 'admin') => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  })
  const right = () => basic(world.settings.adminPassword ?? '')
  const ask = async (path: string, init: RequestInit = {}, url = world.bridge.url) => {
    const response = await fetch(url + path, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text }
  }
  const post = async (headers: Readonly<Record<string, string>>, path = replay, body?: string) =>
    (await ask(path, { method: 'POST', headers: { ...right(), ...headers }, ...(body !== undefined && { body }) }))
      .status

  test('asks for a password, and says no more to a wrong user than to a wrong password', async () => {
    const { url } = await world.startReplica({ role: 'web' })
    const none = await ask(deliveries, {}, url)
    expect(none.status).toBe(401)
    expect(none.headers.get('www-authenticate')).toMatch(/^Basic realm="Interview Link Bridge"/)
    const password = world.settings.adminPassword ?? ''
    const wrong = [basic('wrong'), basic(password, 'root'), basic(password.toUpperCase()), basic('')]
    const answers = await Promise.all(wrong.map((headers) => ask(deliveries, { headers }, url)))
    expect(answers.map(({ status, text }) => ({ status, text }))).toEqual(
      answers.map(() => ({ status: 401, text: none.text })),
    )
  })

  test('lets nobody guess by the hundred, and takes the right password all the while', async () => {
    const { url } = await world.startReplica({ role: 'web', trustProxy: ['127.0.0.1'] })
    const login = async (headers: Readonly<Record<string, string>>, address: string) =>
      (await ask(deliveries, { headers: { ...headers, 'x-forwarded-for': address } }, url)).status
    const guess = (address = '203.0.113.5') => login(basic(crypto.randomUUID()), address)
    const first = await Promise.all(Array.from({ length: 10 }, () => guess()))
    expect(first).toEqual(first.map(() => 401))

    // From here on one guess a second: of a hundred at once most are turned away unread.
    const storm = Promise.all(Array.from({ length: 100 }, () => guess()))
    expect(await login(right(), '198.51.100.1')).toBe(200)
    const statuses = await storm
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(95)
    expect(await login(right(), '203.0.113.5')).toBe(200)
    expect(await guess()).toBe(401)
    expect(await login(right(), '203.0.113.5')).toBe(200)
  })

  test('takes nothing that another site’s page sends with the browser’s stored password', async () => {
    const { host } = new URL(world.bridge.url)
    const refused = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example.com' },
      { origin: 'null' },
      { origin: `https://${host}` },
      { origin: `http://${host}.example.com` },
    ]
    expect(await Promise.all(refused.map((headers) => post(headers)))).toEqual(refused.map(() => 403))
    const taken = [{}, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }, { origin: `http://${host}` }]
    // Let in: the delivery is not there.
    expect(await Promise.all(taken.map((headers) => post(headers)))).toEqual(taken.map(() => 404))
  })

  test('takes no form and no text, which pages of other sites may send unasked', async () => {
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a']
    expect(await Promise.all(types.map((type) => post({ 'content-type': type }, replay, '{}')))).toEqual([
      415, 415, 415,
    ])
  })

  test('changes nothing by GET or HEAD', async () => {
    for (const method of ['GET', 'HEAD']) expect((await ask(replay, { method, headers: right() })).status).toBe(404)
  })

  test('refuses bodies and queries that name JavaScript’s own parts', async () => {
    const json = { 'content-type': 'application/json' }
    expect(await post(json, replay, '{"__proto__":{"admin":true}}')).toBe(400)
    expect(await post(json, replay, '{"constructor":{"prototype":{"admin":true}}}')).toBe(400)
    for (const query of [
      '__proto__=1',
      '__proto__[state]=dead',
      'constructor=1',
      'state=constructor',
      'reason=toString',
    ])
      expect((await ask(`${deliveries}?${query}`, { headers: right() })).status).toBe(400)
    expect((await ask('/api/deliveries/__proto__', { headers: right() })).status).toBe(404)
  })

  test('puts its answers, refusals included, where no page, cache or referrer gets at them', async () => {
    const answers = [
      await ask(deliveries, { headers: right() }),
      await ask('/api/deliveries/dlv_none', { headers: right() }),
      await ask(deliveries),
      await ask(replay, { method: 'POST', headers: { ...right(), origin: 'https://evil.example.com' } }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 401, 403])
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cache-control': 'no-store',
      })
    }
  })

  test('is not there without ADMIN_PASSWORD', async () => {
    const { adminPassword: _password, ...settings } = world.settings
    const { url } = await world.startReplica({ ...settings, role: 'web', adminPassword: undefined } as never)
    expect(await ask(deliveries, { headers: basic('') }, url)).toMatchObject({
      status: 404,
      text: '{"status":"not-found"}',
    })
  })
})
