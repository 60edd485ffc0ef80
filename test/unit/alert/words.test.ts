import { describe, expect, test } from 'vitest'
import type { Alert } from '../../../src/alert/decide.ts'
import { keyOf, type Trouble } from '../../../src/alert/trouble.ts'
import { alertText, escapeText } from '../../../src/alert/words.ts'

const tools = { atsOf: new Map([['berlin', 'greenhouse']]), adminUrl: 'https://bridge.example.com' }
const first = Date.parse('2026-11-25T08:02:11Z')
const last = Date.parse('2026-11-25T09:10:59Z')

function about(trouble: Trouble, more: Partial<Alert> = {}): Alert {
  return { key: keyOf(trouble), trouble, isLastOfHour: false, ...more }
}

test('deliveries that need a person are told with what happened, when, what to do and where they are', () => {
  const trouble = { connection: 'berlin', reason: 'field-not-found', count: 30, dead: 30, first, last } as const
  expect(alertText(about(trouble), tools)).toBe(
    [
      ':red_circle: *Needs you: 30 deliveries, berlin*',
      'Greenhouse has no such field for the link. First 2026-11-25 08:02 UTC, last 2026-11-25 09:10 UTC.',
      'Do: Correct the key in bridge.yaml or make the field, then try again: only the writing is repeated.',
      '<https://bridge.example.com/admin/deliveries?state=dead&reason=field-not-found&connection=berlin|See the dashboard>',
    ].join('\n'),
  )
})

describe('refused credentials', () => {
  const refused = { connection: 'berlin', reason: 'ats-refusing-key', count: 3, dead: 0, first } as const

  test('are told as such while they are tried', () => {
    const text = alertText(about(refused), tools)
    expect(text).toContain(
      '*Credentials refused, berlin*\nGreenhouse refuses our credentials. It is tried for an hour. Since',
    )
    expect(text).toContain('/admin/deliveries?state=retrying&reason=ats-refusing-key&connection=berlin|')
  })

  test('are told as what needs a person once deliveries have died of them', () => {
    const text = alertText(about({ ...refused, dead: 1 }), tools)
    expect(text).toContain('*Needs you: 1 delivery, berlin*\nGreenhouse has refused our credentials for an hour.')
    expect(text).toContain('/admin/deliveries?state=dead&reason=ats-unauthorized&connection=berlin|')
  })

  test('of the vendor name no connection', () => {
    const text = alertText(about({ ...refused, connection: '', reason: 'vendor-refusing-key' }), tools)
    expect(text).toContain('*InterviewFlowAI refuses the key*')
    expect(text).toContain('/admin/deliveries?state=retrying&reason=vendor-refusing-key|')
  })
})

test('without a dashboard there is nothing to follow', () => {
  const trouble = { connection: 'berlin', reason: 'stuck', count: 2, dead: 0 } as const
  expect(alertText(about(trouble), { ...tools, adminUrl: undefined })).not.toContain('http')
})

test('that something is over is one line', () => {
  const alert = { key: 'sweep-gap berlin', trouble: undefined, isLastOfHour: false }
  expect(alertText(alert, tools)).toBe(':large_green_circle: *Resolved: webhooks get lost, berlin*')
})

test('the last message that an hour allows says so', () => {
  const trouble = { connection: 'berlin', reason: 'silent', count: 1, dead: 0, last } as const
  expect(
    alertText(about(trouble, { isLastOfHour: true }), tools)
      .split('\n')
      .at(-1),
  ).toContain('no more than 20')
})

test('nothing that stands in a text can call everybody or become a link', () => {
  expect(escapeText('<!channel> & <https://example.com|here>')).toBe(
    '&lt;!channel&gt; &amp; &lt;https://example.com|here&gt;',
  )
  const trouble = { connection: '<!channel>', reason: 'field-not-found', count: 1, dead: 1 } as const
  for (const alert of [about(trouble), { ...about(trouble), trouble: undefined }]) {
    expect(alertText(alert, { ...tools, adminUrl: undefined })).toContain('&lt;!channel&gt;')
    expect(alertText(alert, tools)).not.toContain('<!')
  }
})
