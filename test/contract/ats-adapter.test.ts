import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AtsAdapter, RawWebhook, WriteTarget } from '../../src/ats/adapter.ts'
import { atsDefinitions } from '../../src/ats/registry.ts'
import type { Application } from '../../src/domain/application.ts'
import { InvalidSignatureError, NotJsonError, PermanentError, RetryableError } from '../../src/domain/errors.ts'
import { type AtsSubject, atsSubjects } from '../support/ats-subjects.ts'
import { aDelivery, atsTools, stillOurs } from '../support/ats-tools.ts'
import { FakeHttp } from '../support/fake-http.ts'
import { until } from '../support/until.ts'

const interview = {
  interviewId: '11111111-2222-4333-8444-555555555555',
  link: 'https://app.interviewflowai.com/form?interviewId=11111111-2222-4333-8444-555555555555',
  createdAt: Date.parse('2026-11-23T12:00:00Z'),
}

/** What the call throws; fails where it throws nothing. */
async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

const names = Object.keys(atsDefinitions) as (keyof typeof atsDefinitions)[]

describe.each(names)('%s', (name) => {
  const subject: AtsSubject = atsSubjects[name]
  const [secret, rotatedSecret] = subject.secrets
  let fake: FakeHttp
  let adapter: AtsAdapter

  beforeEach(async () => {
    fake = await FakeHttp.start()
    adapter = atsDefinitions[name].create(subject.settings(fake.baseUrl), atsTools())
  })
  afterEach(async () => {
    await fake.close()
    fake.assertDone()
  })

  const load = () => {
    const { mark: _mark, ...ids } = subject.stageChange
    return adapter.load(aDelivery({ ats: name, ...ids }))
  }
  const refusalOf = async (webhook: RawWebhook) => {
    const error = await thrownBy(() => adapter.verify(webhook))
    expect(error).toBeInstanceOf(InvalidSignatureError)
    return (error as InvalidSignatureError).reason
  }

  describe('settings', () => {
    it('take their own output again', () => {
      const once = atsDefinitions[name].settings.parse(subject.settings('https://ats.example.com'))
      expect(atsDefinitions[name].settings.parse(once)).toEqual(once)
    })
    it('refuse an unknown key', () => {
      const settings = { ...(subject.settings('https://ats.example.com') as object), apikey: 'x' }
      expect(atsDefinitions[name].settings.safeParse(settings).error?.issues[0]?.code).toBe('unrecognized_keys')
    })
    it('refuse an address to which credentials would travel in clear', () => {
      const result = atsDefinitions[name].settings.safeParse(subject.settings('http://ats.example.com'))
      expect(result.error?.issues[0]?.message).toContain('https://')
    })
  })

  describe('verify', () => {
    it('takes a webhook signed with the secret', () => {
      const webhook = subject.webhook(secret)
      expect(adapter.verify(webhook).body).toBe(webhook.body)
    })
    it('takes a webhook signed with the second secret', () => {
      expect(adapter.verify(subject.webhook(rotatedSecret))).toBeDefined()
    })
    it('takes escaped characters as they were sent', () => {
      expect(adapter.verify(subject.escaped(secret))).toBeDefined()
    })
    it('refuses a wrong secret', async () => {
      expect(await refusalOf(subject.webhook('somebody else’s'))).toBe('wrong-signature')
    })
    it('refuses a webhook with one signed byte changed', async () => {
      expect(await refusalOf(subject.tampered(subject.webhook(secret)))).toBe('wrong-signature')
    })
    it('refuses a missing signature', async () => {
      expect(await refusalOf(subject.withSignature(subject.webhook(secret), undefined))).toBe('no-signature')
    })
    it.each([
      ['cut short', 'ab'.repeat(31)],
      ['too long', 'ab'.repeat(33)],
      ['not hex', 'zz'.repeat(32)],
    ])('refuses a signature %s', async (_title, signature) => {
      expect(await refusalOf(subject.withSignature(subject.webhook(secret), signature))).toBe('malformed-signature')
    })
    it.each(['', 'null', '[]', '"text"', '7', '{}', '\u0000', '{"token":', '['.repeat(100_000)])(
      'refuses an unsigned body of any kind (%#)',
      async (text) => {
        const error = await thrownBy(() => adapter.verify({ headers: {}, body: Buffer.from(text) }))
        expect([InvalidSignatureError, NotJsonError]).toContain((error as Error).constructor)
      },
    )
    it('is the only way to normalize', () => {
      // @ts-expect-error a raw webhook is not a verified one
      const unverified: Parameters<AtsAdapter['normalize']>[0] = subject.webhook(secret)
      expect(unverified).toBeDefined()
    })
  })

  describe('normalize', () => {
    it('gives the stage change in ids, and the same again for a webhook sent again', async () => {
      const { stageRead } = subject
      if (stageRead) fake.expect(stageRead, { json: { data: [] } })
      expect(adapter.normalize(adapter.verify(subject.webhook(secret)))).toEqual(subject.stageChange)
      expect(adapter.normalize(adapter.verify(subject.webhook(rotatedSecret)))).toEqual(subject.stageChange)
      if (stageRead) await until(() => fake.seen(stageRead).length === 1)
    })
  })

  describe('load', () => {
    it('reads the application as it is now', async () => {
      subject.arrangeActive(fake)
      expect(await load()).toEqual({
        ...subject.application,
        jobId: expect.any(String),
        jobName: 'Designer',
        stageId: subject.stageChange.stageId,
        stageName: 'AI Interview',
        standing: {},
      })
    })
    it.each(subject.lapses)('$title', async ({ lapsed, isReadable, arrange }) => {
      arrange(fake)
      if (isReadable) {
        expect(await load()).toEqual({ lapsed, application: expect.objectContaining(subject.application) })
      } else {
        expect(await load()).toEqual({ lapsed })
      }
    })
    it('tries again when the key is refused', async () => {
      subject.arrangeRefusedKey(fake)
      expect(await thrownBy(load)).toMatchObject({ name: 'RetryableError', reason: 'ats-refusing-key', status: 401 })
    })
    it('is dead when the key may not read', async () => {
      subject.arrangeFailingRead(fake, { status: 403, json: {} })
      const error = await thrownBy(load)
      expect(error).toBeInstanceOf(PermanentError)
      expect(error).toMatchObject({ reason: 'ats-forbidden', status: 403 })
    })
    it('is dead when the request is refused', async () => {
      subject.arrangeFailingRead(fake, { status: 422, json: {} })
      expect(await thrownBy(load)).toMatchObject({ name: 'PermanentError', reason: 'ats-refused' })
    })
    it('waits as long as a 429 says, which is no attempt', async () => {
      subject.arrangeFailingRead(fake, { status: 429, headers: { 'retry-after': '17' } })
      expect(await thrownBy(load)).toMatchObject({
        name: 'RetryableError',
        reason: 'rate-limited',
        retryAfterMs: 17_000,
        isAttempt: false,
      })
    })
    it('waits a while after a 429 that says nothing', async () => {
      subject.arrangeFailingRead(fake, { status: 429 })
      const error = await thrownBy(load)
      expect(error).toBeInstanceOf(RetryableError)
      expect((error as RetryableError).retryAfterMs).toBeGreaterThanOrEqual(1_000)
      expect((error as RetryableError).retryAfterMs).toBeLessThanOrEqual(30_000)
    })
    it.each([
      ['503', { status: 503, json: {} }],
      ['an answer that is not JSON', { text: '<html>maintenance</html>' }],
      ['an answer of another shape', { json: 'yes' }],
    ])('tries again after %s', async (_title, answer) => {
      subject.arrangeFailingRead(fake, answer)
      expect(await thrownBy(load)).toMatchObject({ name: 'RetryableError', reason: 'ats-unavailable' })
    })
    it('tries again when nobody listens', async () => {
      await fake.close()
      expect(await thrownBy(load)).toMatchObject({
        name: 'RetryableError',
        reason: 'ats-unavailable',
        outcome: 'not-done',
      })
    })
  })

  describe('targets', () => {
    const target = (targetName: string): WriteTarget => {
      const found = adapter.targets.find((candidate) => candidate.name === targetName)
      if (!found) throw new Error(`no target ${targetName}`)
      return found
    }
    const application = (given: Partial<Application> = {}): Application => ({
      ...subject.application,
      jobName: 'Designer',
      stageId: subject.stageChange.stageId,
      stageName: 'AI Interview',
      standing: {},
      ...given,
    })

    it('are those configured, in that order', () => {
      expect(adapter.targets.map((each) => each.name)).toEqual(Object.keys(subject.writes))
    })
    it.each(Object.entries(subject.writes))('%s is written by one call', async (targetName, { line, holdsLink }) => {
      subject.arrangeBeforeWrite(fake)
      fake.expect(line, { status: 200, json: {} })
      expect(await target(targetName).write(application(), interview, stillOurs)).toBe('written')
      expect(fake.seen(line)[0]?.body.includes(interview.link)).toBe(holdsLink)
    })
    it.each(Object.entries(subject.writes))('%s may be answered without a body', async (targetName, { line }) => {
      subject.arrangeBeforeWrite(fake)
      fake.expect(line, { status: 204 })
      expect(await target(targetName).write(application(), interview, stillOurs)).toBe('written')
    })
    it.each(Object.entries(subject.writes))('%s says that a 503 leaves it unknown', async (targetName, { line }) => {
      subject.arrangeBeforeWrite(fake)
      fake.expect(line, { status: 503 })
      const error = await thrownBy(() => target(targetName).write(application(), interview, stillOurs))
      expect(error).toMatchObject({ name: 'RetryableError', reason: 'ats-unavailable', outcome: 'unknown' })
    })
    it.each(Object.entries(subject.writes))('%s is dead where the key may not write', async (targetName, { line }) => {
      subject.arrangeBeforeWrite(fake)
      fake.expect(line, { status: 403 })
      const error = await thrownBy(() => target(targetName).write(application(), interview, stillOurs))
      expect(error).toMatchObject({ name: 'PermanentError', reason: 'ats-forbidden' })
    })
    it.each(Object.entries(subject.writes))(
      '%s, if repeatable, is not written where the link stands',
      async (targetName, { holdsLink }) => {
        if (!target(targetName).repeatable) return expect(target(targetName).isWritten).toBeDefined()
        const standing = { [targetName]: holdsLink ? interview.link : 'ai-interview-sent' }
        expect(await target(targetName).write(application({ standing }), interview, stillOurs)).toBe('found')
        expect(fake.calls).toEqual([])
      },
    )
    it('the note has the link on its own line, the job, and mentions nobody', async () => {
      subject.arrangeBeforeWrite(fake)
      const { line } = subject.writes['note'] as { line: string }
      fake.expect(line, { json: {} })
      await target('note').write(application({ jobName: `@robin\nDesigner ${'x'.repeat(300)}` }), interview, stillOurs)
      const text = subject.noteTextOf(fake.seen(line)[0]?.body ?? '')
      expect(text.split('\n')).toContain(interview.link)
      expect(text).toMatch(/^Job: at robin Designer x+$/m)
      expect(text).not.toContain('@')
      expect(text).not.toContain('Sample')
      expect(text.length).toBeLessThan(400)
      expect(text).toContain('not been mailed')
    })
    const waited = '%s is not sent once it has waited for the limit until it was another process’s to write'
    it.each(Object.keys(subject.writes))(waited, async (targetName) => {
      let isOurs = true
      const take = async () => {
        isOurs = false
      }
      const budget = { ...atsTools().budget, take }
      adapter = atsDefinitions[name].create(subject.settings(fake.baseUrl), atsTools({ budget }))
      subject.arrangeBeforeWrite(fake)
      const assertOurs = () => {
        if (!isOurs) throw new RetryableError('application-busy', { isAttempt: false })
      }
      const error = await thrownBy(() => target(targetName).write(application(), interview, assertOurs))
      expect(error).toMatchObject({ reason: 'application-busy', isAttempt: false })
    })
    it('the note of an earlier attempt is found', async () => {
      subject.arrangeBeforeRead(fake)
      fake.expect(
        subject.noteList.line,
        subject.noteList.answer(['something else', `Link:\n${interview.link}\nJob: x`]),
      )
      expect(await target('note').isWritten?.(application(), interview.link)).toBe(true)
    })
    it('a note with a longer link is not taken for ours', async () => {
      subject.arrangeBeforeRead(fake)
      fake.expect(subject.noteList.line, subject.noteList.answer(['something else', `${interview.link}0`]))
      expect(await target('note').isWritten?.(application(), interview.link)).toBe(false)
    })
  })
})
