import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { variableNames } from '../../../src/config/variables.ts'
import { LOOK_BACK_MS } from '../../../src/sweep/sweeper.ts'
import { problemsOf, settingsOf } from './settings-of.ts'

describe('variables', () => {
  test('what is not set has its default', () => {
    expect(settingsOf()).toMatchObject({
      port: 3000,
      host: '0.0.0.0',
      role: 'all',
      store: { kind: 'embedded', dir: './data' },
      interviewflow: { apiKey: 'a-key', baseUrl: 'https://api.interviewflowai.com', linkHosts: [] },
      trustProxy: false,
      logLevel: 'info',
      retentionDays: 90,
    })
  })

  test('optional settings are absent when their variable is not set, empty, or blank', () => {
    const settings = settingsOf({ PUBLIC_URL: '', ADMIN_PASSWORD: ' \t ' })
    expect(Object.keys(settings)).not.toContain('publicUrl')
    expect(Object.keys(settings)).not.toContain('adminPassword')
    expect(Object.keys(settings)).not.toContain('alertWebhookUrl')
    expect(Object.keys(settings)).not.toContain('tracing')
  })

  test('every variable reaches its setting', () => {
    expect(
      settingsOf({
        PORT: '8080',
        HOST: '127.0.0.1',
        ROLE: 'web',
        REDIS_URL: 'rediss://user:secret@redis.example.com:6380/1',
        INTERVIEWFLOW_BASE_URL: 'https://sandbox.example.com/',
        INTERVIEWFLOW_LINK_HOSTS: 'Links.example.com, 127.0.0.1:9000',
        PUBLIC_URL: 'http://bridge.example.com/ats/',
        ADMIN_PASSWORD: 'open sesame',
        ALERT_WEBHOOK_URL: 'https://hooks.example.com/a?b=c',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com/otlp/',
        OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YTpi%3D, x-team = people',
        TRUST_PROXY: 'loopback, 10.0.0.0/8,fd00::/8, 192.0.2.1',
        LOG_LEVEL: 'debug',
        RETENTION_DAYS: '400',
      }),
    ).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      role: 'web',
      store: { kind: 'redis', url: 'rediss://user:secret@redis.example.com:6380/1' },
      interviewflow: { baseUrl: 'https://sandbox.example.com', linkHosts: ['links.example.com', '127.0.0.1:9000'] },
      publicUrl: 'http://bridge.example.com/ats',
      adminPassword: 'open sesame',
      alertWebhookUrl: 'https://hooks.example.com/a?b=c',
      tracing: {
        endpoint: 'https://collector.example.com/otlp',
        headers: { Authorization: 'Basic YTpi=', 'x-team': 'people' },
      },
      trustProxy: ['loopback', '10.0.0.0/8', 'fd00::/8', '192.0.2.1'],
      logLevel: 'debug',
      retentionDays: 400,
    })
  })

  test('ENCRYPTION_KEY takes 32 bytes as hex or base64, several while one is being changed', () => {
    const [one, two] = [Buffer.alloc(32, 0xab), Buffer.alloc(32, 0xfe)]
    const given = `${one.toString('hex')}, ${two.toString('base64')},${two.toString('base64url')}`
    expect(settingsOf({ ENCRYPTION_KEY: given }).encryptionKeys).toEqual([one, two, two])
    expect(settingsOf().encryptionKeys).toEqual([])
    expect(problemsOf({ ENCRYPTION_KEY: 'short' })[0]?.message).toContain('openssl rand -hex 32')
  })

  test('DATABASE_URL chooses PostgreSQL', () => {
    const url = 'postgres://bridge@db.example.com/bridge'
    expect(settingsOf({ DATABASE_URL: url }).store).toEqual({ kind: 'postgres', url })
  })

  test('an empty store address counts as not set', () => {
    expect(settingsOf({ REDIS_URL: '', DATA_DIR: '/data' }).store).toEqual({ kind: 'embedded', dir: '/data' })
  })

  test('a line end left by a file written on Windows is no part of a value', () => {
    expect(settingsOf({ INTERVIEWFLOW_API_KEY: 'a-key\r', PORT: '8080\r' })).toMatchObject({
      port: 8080,
      interviewflow: { apiKey: 'a-key' },
    })
  })

  test.each([
    ['PORT', '80a'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '1e3'],
    ['RETENTION_DAYS', '0'],
    ['RETENTION_DAYS', '401'],
    ['ROLE', 'worker2'],
    ['LOG_LEVEL', 'verbose'],
    ['REDIS_URL', 'http://redis.example.com'],
    ['REDIS_URL', 'redis.example.com:6379'],
    ['REDIS_URL', 'redis://:100%@redis.example.com:6379'],
    ['REDIS_URL', 'redis://100%zz:secret@redis.example.com:6379'],
    ['REDIS_URL', 'redis://redis.example.com:6379/abc'],
    ['REDIS_URL', 'redis://redis.example.com:6379/0/'],
    ['DATABASE_URL', 'mysql://db.example.com'],
    ['DATABASE_URL', 'postgres://bridge:%e4@db.example.com/bridge'],
    ['DATABASE_URL', 'postgres://db.example.com/%e4'],
    ['DATABASE_URL', 'postgres://db.example.com/bridge?sslmode=verify-full&sslrootcert=/none/ca.pem'],
    ['DATABASE_URL', `postgres://db.example.com/bridge?sslkey=${encodeURIComponent(import.meta.dirname)}`],
    ['INTERVIEWFLOW_API_KEY', ''],
    ['INTERVIEWFLOW_API_KEY', 'two words'],
    ['INTERVIEWFLOW_BASE_URL', 'api.example.com'],
    ['INTERVIEWFLOW_BASE_URL', 'http://api.example.com'],
    ['INTERVIEWFLOW_BASE_URL', 'http://api.localhost'],
    ['INTERVIEWFLOW_BASE_URL', 'https://user:password@api.example.com'],
    ['INTERVIEWFLOW_BASE_URL', 'https://api.example.com/?a=b'],
    ['PUBLIC_URL', 'ftp://bridge.example.com'],
    ['ALERT_WEBHOOK_URL', 'http://hooks.example.com'],
    ['ALERT_WEBHOOK_URL', 'https://user:password@hooks.example.com'],
    ['ALERT_WEBHOOK_URL', 'hooks.example.com'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318/?key=secret'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'secret'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'two words=secret'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'x-key=secret%0D%0Ax-other: 1'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'x-key=%'],
    ['INTERVIEWFLOW_LINK_HOSTS', 'https://links.example.com'],
    ['INTERVIEWFLOW_LINK_HOSTS', 'links.example.com/path'],
    ['INTERVIEWFLOW_LINK_HOSTS', '*.example.com'],
    ['INTERVIEWFLOW_LINK_HOSTS', 'links.example.com:'],
    ['TRUST_PROXY', 'proxy.example.com'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.0/8/8'],
    ['ENCRYPTION_KEY', 'open sesame'],
    ['ENCRYPTION_KEY', 'ab'.repeat(31)],
    ['ENCRYPTION_KEY', `${'ab'.repeat(32)},${'cd'.repeat(16)}`],
    ['ENCRYPTION_KEY', Buffer.alloc(33).toString('base64')],
  ])('%s=%s is refused', (name, value) => {
    expect(problemsOf({ [name]: value }).map(({ where }) => where)).toEqual([name])
  })

  test.each(['http://127.0.0.1:9000', 'http://localhost:9000', 'http://[::1]:9000'])(
    '%s is allowed: it is this machine',
    (url) => {
      expect(settingsOf({ INTERVIEWFLOW_BASE_URL: url, ALERT_WEBHOOK_URL: url }).interviewflow.baseUrl).toBe(url)
    },
  )

  test('finished deliveries are kept for longer than the sweep looks back', () => {
    const lookBackDays = LOOK_BACK_MS / 86_400_000
    expect(problemsOf({ RETENTION_DAYS: String(lookBackDays) }).map(({ where }) => where)).toEqual(['RETENTION_DAYS'])
    expect(settingsOf({ RETENTION_DAYS: String(lookBackDays + 1) }).retentionDays).toBe(lookBackDays + 1)
  })

  test('a collector may be a neighbour that speaks plain http, unless credentials go to it', () => {
    const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }
    expect(settingsOf(collector).tracing).toEqual({ endpoint: 'http://collector:4318', headers: {} })
    const headers = { OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=secret' }
    expect(problemsOf({ ...collector, ...headers }).map(({ where }) => where)).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT'])
    expect(settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', ...headers }).tracing?.headers).toEqual({
      'x-api-key': 'secret',
    })
  })

  test('the vendor’s sandbox may be plain http where its host is named as a link host', () => {
    const url = 'http://sandbox.example.com:9000'
    const settings = settingsOf({ INTERVIEWFLOW_BASE_URL: url, INTERVIEWFLOW_LINK_HOSTS: 'sandbox.example.com' })
    expect(settings.interviewflow.baseUrl).toBe(url)
  })

  test.each(['Sandbox.example.com', 'sandbox.example.com:80'])('named as %s as well', (host) => {
    const variables = { INTERVIEWFLOW_BASE_URL: 'http://sandbox.example.com', INTERVIEWFLOW_LINK_HOSTS: host }
    expect(settingsOf(variables).interviewflow.baseUrl).toBe('http://sandbox.example.com')
  })

  test('both stores at once are refused', () => {
    const problems = problemsOf({ REDIS_URL: 'redis://a.example.com', DATABASE_URL: 'postgres://b.example.com/c' })
    expect(problems).toEqual([{ where: 'DATABASE_URL', message: expect.stringContaining('REDIS_URL') }])
  })

  test.each([
    ['redis://bridge:100%25@redis.example.com/1', 'redis'],
    ['rediss://redis.example.com/', 'redis'],
    [`postgres://db.example.com/a%20b?sslrootcert=${encodeURIComponent(import.meta.filename)}`, 'postgres'],
    ['postgres:///bridge?host=/var/run/postgresql&sslcert=', 'postgres'],
  ])('%s is the address of a store', (url, kind) => {
    const name = kind === 'redis' ? 'REDIS_URL' : 'DATABASE_URL'
    expect(settingsOf({ [name]: url }).store).toEqual({ kind, url })
  })

  test.each(['web', 'worker', 'web ', ' worker'])('role %j is refused on the embedded store', (role) => {
    expect(problemsOf({ ROLE: role })).toEqual([{ where: 'ROLE', message: expect.stringContaining('embedded store') }])
  })

  test('TRUST_PROXY=true is refused with the reason', () => {
    expect(problemsOf({ TRUST_PROXY: 'true' })[0]?.message).toContain('any sender could then claim any address')
  })

  test('a number of proxies is refused with the reason', () => {
    expect(problemsOf({ TRUST_PROXY: '1' })[0]?.message).toContain('Fastify 5 no longer counts proxies')
  })

  test('TRUST_PROXY=false trusts no proxy', () => {
    expect(settingsOf({ TRUST_PROXY: 'false' }).trustProxy).toBe(false)
  })

  test('all problems are told at once, those of the document too', () => {
    const problems = problemsOf({
      PORT: 'x',
      ROLE: 'x',
      INTERVIEWFLOW_API_KEY: undefined,
      REDIS_URL: 'redis://a.example.com',
      DATABASE_URL: 'postgres://b.example.com/c',
      BRIDGE_CONFIG_YAML: 'connections: {}\nroutes: []',
    })
    expect(problems.map(({ where }) => where).toSorted()).toEqual(
      ['DATABASE_URL', 'INTERVIEWFLOW_API_KEY', 'PORT', 'ROLE', 'connections', 'routes'].toSorted(),
    )
  })

  test('no problem repeats the value of a secret', () => {
    const canary = 'canary-7391'
    const problems = problemsOf({
      REDIS_URL: `http://${canary}@redis.example.com`,
      DATABASE_URL: `postgres://${canary}%@db.example.com`,
      INTERVIEWFLOW_API_KEY: `${canary} with blank`,
      ALERT_WEBHOOK_URL: `http://hooks.example.com/${canary}`,
    })
    expect(problems.length).toBeGreaterThanOrEqual(4)
    expect(JSON.stringify(problems)).not.toContain(canary)
  })

  test('each stands in .env.example, and nothing that stands there is unknown to us or to the example document', () => {
    const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
    const listed = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = '']) => name)
    const ofDocument = [...read('src/config/bridge.example.yaml').matchAll(/\$\{([A-Z_]+_[A-Z_]+)\}/g)].map(
      ([, name = '']) => name,
    )
    expect(listed.toSorted()).toEqual([...variableNames, ...ofDocument].toSorted())
  })
})
