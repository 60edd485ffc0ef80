import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import type { Route } from '../../src/domain/connection.ts'
import { samplePdf } from '../../src/sandbox/people.ts'
import { sandboxRoute } from '../../src/sandbox/settings.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { privateRedis } from '../support/private-stores.ts'
import { useWorld } from '../support/use-world.ts'
import { startWorld } from '../support/world.ts'

const PUBLIC_URL = 'https://bridge.example.com'
const MIB = 1024 * 1024

const routes: readonly Route[] = [
  sandboxRoute('greenhouse', { sendResume: true }),
  sandboxRoute('lever', { sendResume: true }),
]

describe('resumes', () => {
  const world = useWorld({ settings: { routes, publicUrl: PUBLIC_URL } })

  /** What the vendor was offered, and what the delivery says of it. */
  const outcomeOf = async (deliveryId: string, email: string) => {
    const { state, timeline } = await world.api.settled(deliveryId)
    const said = timeline.flatMap(({ step, outcome }) =>
      step === 'interview' && outcome.includes('resume') ? [outcome] : [],
    )
    return { state, said, url: world.vendor.interviews().find((interview) => interview.email === email)?.resumeUrl }
  }
  const offered = async (opportunity: ReturnType<typeof addOpportunity>) =>
    await outcomeOf(await moveInAtLever(world, opportunity.opportunityId), opportunity.email)
  /** Fetches what the vendor was given, from this bridge unless told otherwise. */
  const fetchResume = async (url: string | undefined, from = world.bridge.url, init: RequestInit = {}) =>
    await fetch((url ?? '').replace(PUBLIC_URL, from), init)
  const withoutResume = (why: string) => ({ state: 'delivered', said: [`without-resume ${why}`], url: undefined })

  test('of Greenhouse go to the vendor at their signed address, the newest PDF of several files', async () => {
    const { greenhouse } = world
    const { applicationId, email } = addCandidate(world, { resume: 'first.pdf' })
    greenhouse.attach(applicationId, 'second.pdf', 'resume')
    greenhouse.attach(applicationId, 'third.docx', 'resume')
    greenhouse.attach(applicationId, 'letter.pdf', 'cover_letter')
    const { state, said, url } = await outcomeOf(await moveIn(world, applicationId), email)
    expect({ state, said }).toEqual({ state: 'delivered', said: ['with-resume'] })
    expect(url).toMatch(new RegExp(`^${greenhouse.url}/files/\\d+/second\\.pdf\\?expires=`))
    expect(Buffer.from(await (await fetch(url ?? '')).arrayBuffer())).toEqual(samplePdf)
  })

  test('of Lever are fetched with our key and streamed to the vendor, as a file that no browser opens', async () => {
    const { lever } = world
    const opportunity = addOpportunity(world, { resume: 'first.pdf' })
    const second = Buffer.concat([samplePdf, Buffer.alloc(3 * MIB, 7)])
    lever.addResume(opportunity.opportunityId, { name: 'second.pdf', bytes: second })
    lever.addResume(opportunity.opportunityId, { name: 'third.docx' })
    lever.addResume(opportunity.opportunityId, { name: 'fourth.pdf', status: 'processing' })
    const { state, said, url } = await offered(opportunity)
    expect({ state, said }).toEqual({ state: 'delivered', said: ['with-resume'] })
    expect(url).toMatch(/^https:\/\/bridge\.example\.com\/resumes\/[\w-]{43}$/)

    const answer = await fetchResume(url)
    expect(answer.status).toBe(200)
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(second)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(second.length),
      'content-disposition': 'attachment; filename="resume.pdf"',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    // A vendor that fetches twice within the quarter of an hour gets it twice.
    expect((await fetchResume(url)).status).toBe(200)
  })

  test('made available by a worker are served by a web process', async () => {
    const worker = await world.startReplica({ role: 'worker' })
    const web = await world.startReplica({ role: 'web' })
    const { url } = await offered(addOpportunity(world, { resume: 'cv.pdf' }))
    expect((await fetchResume(url, web.url)).status).toBe(200)
    expect((await fetchResume(url, worker.url)).status).toBe(404)
  })

  test('that are missing, in another form or still being read let the interview be made without one', async () => {
    const { applicationId, email } = addCandidate(world, { resume: 'cv.docx' })
    expect(await outcomeOf(await moveIn(world, applicationId), email)).toEqual(withoutResume('no-pdf'))
    expect(await offered(addOpportunity(world))).toEqual(withoutResume('no-pdf'))
    const unread = addOpportunity(world, { resume: 'cv.pdf', resumeStatus: 'processing' })
    expect(await offered(unread)).toEqual(withoutResume('no-pdf'))
  })

  test('that the ATS does not let us list let the interview be made without one', async () => {
    world.greenhouse.fault({ kind: 'error-request', operation: 'list-attachments', status: 403 })
    const { applicationId, email } = addCandidate(world, { resume: 'cv.pdf' })
    expect(await outcomeOf(await moveIn(world, applicationId), email)).toEqual(withoutResume('not-readable'))
    world.lever.fault({ kind: 'error-request', operation: 'list-resumes', status: 403 })
    expect(await offered(addOpportunity(world, { resume: 'cv.pdf' }))).toEqual(withoutResume('not-readable'))
  })

  test('are asked for again when the ATS fails, and done without in the end', async () => {
    world.greenhouse.fault({ kind: 'error-request', operation: 'list-attachments', status: 500 })
    const once = addCandidate(world, { resume: 'cv.pdf' })
    expect(await outcomeOf(await moveIn(world, once.applicationId), once.email)).toMatchObject({
      state: 'delivered',
      said: ['with-resume'],
    })
    world.lever.fault({ kind: 'error-request', operation: 'list-resumes', status: 500, times: 3 })
    expect(await offered(addOpportunity(world, { resume: 'cv.pdf' }))).toEqual(withoutResume('not-readable'))
  }, 60_000)

  test('are not even looked for on a route that does not ask for them', async () => {
    const reads = () => world.lever.calls.filter(({ operation }) => operation === 'list-resumes').length
    const interviewer = crypto.randomUUID()
    const before = reads()
    const plain = await world.startReplica({
      routes: [sandboxRoute('lever', { stage: 'Offer', interviewer })],
    })
    const { opportunityId } = addOpportunity(world, { resume: 'cv.pdf' })
    const sent = await world.lever.sendWebhook(`${plain.url}/webhooks/lever`, world.lever.move(opportunityId, 'Offer'))
    await world.api.settled((sent.body as { deliveries: string[] }).deliveries[0] ?? '')
    expect(reads()).toBe(before)
    await plain.stop()
  })

  test('that turn out to be no PDF, too large, gone or refused are 404, and the delivery stands', async () => {
    const { lever } = world
    const add = async (bytes: Buffer) => {
      const opportunity = addOpportunity(world)
      lever.addResume(opportunity.opportunityId, { name: 'cv.pdf', bytes })
      const { state, url } = await offered(opportunity)
      expect(state).toBe('delivered')
      return url
    }
    const page = await add(Buffer.from('<html><script>alert(1)</script>'))
    const large = await add(Buffer.concat([Buffer.from('%PDF'), Buffer.alloc(30 * MIB)]))
    const fine = await add(samplePdf)
    const statuses = [(await fetchResume(page)).status, (await fetchResume(large)).status]
    lever.fault({ kind: 'error-request', operation: 'download-resume', status: 422 })
    statuses.push((await fetchResume(fine)).status)
    lever.fault({ kind: 'error-request', operation: 'download-resume', status: 503 })
    const later = await fetchResume(fine)
    expect([...statuses, later.status]).toEqual([404, 404, 404, 503])
    expect(Number(later.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await fetchResume(fine)).status).toBe(200)
  })

  test('that break off before their first bytes are asked for again later, and the log says whose', async () => {
    const breaking = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('%P', () => response.destroy())
    })
    await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(breaking.address() as AddressInfo).port}`
    const connections = world.settings.connections.map((connection) =>
      connection.ats === 'lever'
        ? { ...connection, settings: { ...(connection.settings as object), baseUrl } }
        : connection,
    )
    const web = await world.startReplica({ role: 'web', connections })
    try {
      const { opportunityId, email } = addOpportunity(world, { resume: 'cv.pdf' })
      const deliveryId = await moveInAtLever(world, opportunityId)
      const { url } = await outcomeOf(deliveryId, email)
      const answer = await fetchResume(url, web.url)
      expect(answer.status).toBe(503)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      const told = world.logged.filter((line) => line.includes('resume asked for') && line.includes(deliveryId))
      expect(told.map((line) => (JSON.parse(line) as { outcome: string }).outcome)).toEqual(['unavailable'])
    } finally {
      await web.stop()
      breaking.closeAllConnections()
      breaking.close()
    }
  })

  test('are not fetched from the ATS for somebody who asks for their head alone', async () => {
    const downloads = () => world.lever.calls.filter(({ operation }) => operation === 'download-resume').length
    const { url } = await offered(addOpportunity(world, { resume: 'cv.pdf' }))
    const before = downloads()
    expect((await fetchResume(url, world.bridge.url, { method: 'HEAD' })).status).toBe(404)
    expect(downloads()).toBe(before)
    expect((await fetchResume(url)).status).toBe(200)
    expect(downloads()).toBe(before + 1)
  })

  test('behind unknown tokens look like any unknown path', async () => {
    const unknown = await fetch(`${world.bridge.url}/nothing/here`)
    const body = await unknown.text()
    for (const token of ['a'.repeat(43), 'short', `${'a'.repeat(43)}%00`, '%2e%2e', 'ä'.repeat(43), 'a'.repeat(500)]) {
      const answer = await fetch(`${world.bridge.url}/resumes/${token}`)
      expect({ token, status: answer.status, body: await answer.text() }).toEqual({ token, status: 404, body })
    }
  })

  test('leave no trace of token, address or content in the log', async () => {
    const { url } = await offered(addOpportunity(world, { resume: 'cv.pdf' }))
    const token = (url ?? '').slice(-43)
    await text((await fetchResume(url)).body as never)
    await fetchResume(`${PUBLIC_URL}/resumes/${'b'.repeat(43)}`)
    const log = world.logged.join('')
    expect(log).toContain('resume asked for')
    expect([token, 'b'.repeat(43), '/resumes/', '%PDF', '/files/'].filter((trace) => log.includes(trace))).toEqual([])
  })

  test('from Lever are not offered without PUBLIC_URL, and the delivery says so', async () => {
    const other = await privateRedis()
    const hidden = await startWorld(other.settings, { settings: { routes } })
    try {
      const { opportunityId } = addOpportunity(hidden, { resume: 'cv.pdf' })
      const { state, timeline } = await hidden.api.settled(await moveInAtLever(hidden, opportunityId))
      expect(hidden.logged.join('')).toContain('without PUBLIC_URL')
      expect(state).toBe('delivered')
      expect(timeline.map(({ step, outcome }) => `${step}: ${outcome}`)).toContain(
        'interview: without-resume no-public-url',
      )
    } finally {
      await hidden.close()
      await other.remove()
    }
  })

  test('make no call that an ATS does not know', () => {
    expect([world.greenhouse, world.lever].flatMap((one) => one.unexpected())).toEqual([])
  })
})
