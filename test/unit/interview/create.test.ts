import { Agent } from 'undici'
import { expect, test } from 'vitest'
import { RetryableError } from '../../../src/domain/errors.ts'
import { RestVendor } from '../../../src/interview/rest-vendor.ts'
import { cleanUpAfterEach } from '../../support/clean-up.ts'
import { FakeHttp } from '../../support/fake-http.ts'

const line = 'POST /api/external/ingest/candidate'
const afterwards = cleanUpAfterEach()

/** The vendor, over one connection, and what answers in its place. */
async function aVendor() {
  const fake = await FakeHttp.start()
  afterwards(() => fake.close())
  const agent = new Agent({ connections: 1 })
  afterwards(() => agent.destroy())
  const vendor = new RestVendor({
    apiKey: 'key',
    baseUrl: fake.baseUrl,
    linkHosts: [new URL(fake.baseUrl).host],
    dispatcher: agent,
    createDispatcher: agent,
    observeCall: () => undefined,
    now: Date.now,
  })
  return { fake, vendor }
}

test.each(['one\0', 'one\ud800'])('an interview whose id cannot be stored is refused: %j', async (id) => {
  const { fake, vendor } = await aVendor()
  fake.expect(line, { json: { data: { id, interviewLink: `${fake.baseUrl}/form` } } })
  const created = vendor.create(
    { interviewer: 'i', name: 'Amara Quillfeather', email: 'amara@example.com', metadata: {} },
    () => undefined,
  )
  await expect(created).rejects.toMatchObject({ reason: 'vendor-answer-unusable' })
  fake.assertDone()
})

test('a create that waited for its connection until it was another process’s to make does not leave', async () => {
  const { fake, vendor } = await aVendor()
  const interviewLink = `${fake.baseUrl}/form?interviewId=one`
  let isOurs = true
  fake.expect(line, () => {
    isOurs = false
    return { json: { data: { id: 'one', interviewLink } } }
  })
  const lost = new RetryableError('application-busy', { isAttempt: false })
  const create = (name: string) =>
    vendor.create({ interviewer: 'i', name, email: 'amara@example.com', metadata: {} }, () => {
      if (!isOurs) throw lost
    })
  const first = create('Amara Quillfeather')
  const second = create('Amara Late')
  await expect(first).resolves.toMatchObject({ interviewId: 'one' })
  await expect(second).rejects.toBe(lost)
  expect(fake.seen(line)).toHaveLength(1)
  fake.assertDone()
})
