import { describe, expect, test } from 'vitest'
import { summarize } from '../../../src/config/summary.ts'
import { interviewer, settingsOf } from './settings-of.ts'

const document = `
connections:
  main:
    ats: hireworks
    webhookSecrets: [canary-1, canary-2]
    apiKey: canary-3
    baseUrl: https://canary-4:canary-5@api.hireworks.example.com/v1?token=canary-6
    writeBack: [{ note: {} }, { field: { on: application, key: link } }]
routes:
  - { connection: main, stage: AI Interview, interviewer: ${interviewer}, jobs: [1, 2] }
`

const settings = settingsOf({
  BRIDGE_CONFIG_YAML: document,
  INTERVIEWFLOW_API_KEY: 'canary-7',
  REDIS_URL: 'redis://canary-8:canary-9@redis.example.com:6379/0?password=canary-10',
  ADMIN_PASSWORD: 'canary-11',
  ALERT_WEBHOOK_URL: 'https://hooks.example.com/services/canary-12',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com/otlp',
  OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=canary-13',
})

describe('the boot summary', () => {
  test('holds no secret', () => {
    expect(JSON.stringify(settings).match(/canary-\d+/g)?.length).toBe(13)
    expect(JSON.stringify(summarize(settings))).not.toContain('canary')
  })

  test('says what is set, and what is not', () => {
    expect(summarize(settings)).toMatchObject({
      store: { kind: 'redis', url: 'redis://redis.example.com:6379/0' },
      interviewflow: { apiKey: 'set', baseUrl: 'https://api.interviewflowai.com/' },
      publicUrl: 'unset',
      adminPassword: 'set',
      encryptionKeys: 0,
      alertWebhookUrl: 'set',
      tracing: { endpoint: 'https://collector.example.com/otlp', credentials: 'set' },
      connections: {
        main: {
          ats: 'hireworks',
          webhookSecrets: 2,
          apiKey: 'set',
          baseUrl: 'https://api.hireworks.example.com/v1',
          writeBack: ['note', 'field'],
        },
      },
      routes: [{ connection: 'main', stage: 'AI Interview', jobs: 2, interviewer, sendResume: false }],
    })
  })

  test('says that the embedded store does not survive a power cut', () => {
    expect(JSON.stringify(summarize(settingsOf()))).toContain('not a power cut')
  })
})
