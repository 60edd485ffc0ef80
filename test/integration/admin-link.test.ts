import { beforeAll, describe, expect, test } from 'vitest'
import { SANDBOX_FIELD } from '../../src/sandbox/settings.ts'
import { aClock } from '../support/clock.ts'
import { describedApi, refusal } from '../support/described-api.ts'
import { addCandidate, moveIn } from '../support/people.ts'
import { useWorld } from '../support/use-world.ts'

const DAY_MS = 86_400_000

describe('giving the link of an interview by hand', () => {
  let api: ReturnType<typeof describedApi>
  const clock = aClock()
  const world = useWorld({ overrides: clock.overrides })

  beforeAll(() => {
    api = describedApi(world)
    world.vendor.configure({ readBack: 'off' })
    world.greenhouse.configure({ rateLimit: 10_000 })
  })

  const give = async (id: string, interviewLink: unknown) =>
    await api.post(`/api/deliveries/${id}/link`, { interviewLink })
  const interviewOf = (email: string) =>
    world.vendor.addInterview({
      interviewer: world.settings.routes[0]?.interviewer ?? '',
      name: 'Amara Quillfeather',
      email,
    })

  /** A delivery of somebody whose interview was made at the vendor's own screen. */
  async function linkless() {
    const { applicationId, candidateId, email } = addCandidate(world)
    const { interviewLink } = interviewOf(email)
    const id = await moveIn(world, applicationId)
    const { reason } = await world.api.settled(id)
    expect(reason).toBe('interview-exists-link-unknown')
    return { id, applicationId, candidateId: String(candidateId), interviewLink }
  }

  test('writes it as if the vendor had told it', async () => {
    const { id, applicationId, interviewLink } = await linkless()
    expect(await give(id, `  ${interviewLink} `)).toEqual({ status: 200, body: { id, state: 'queued' } })
    expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', interviewLink })
    expect(String(world.greenhouse.notesOf(applicationId)[0]?.['body'])).toContain(interviewLink)
  })

  test('what is no link of InterviewFlowAI is refused, and nothing is tried', async () => {
    const { id } = await linkless()
    expect(await give(id, '')).toEqual(refusal(400, 'invalid'))
    expect(await give(id, 7)).toEqual(refusal(400, 'invalid'))
    expect(await give(id, `https://127.0.0.1/${'a'.repeat(2_000)}`)).toEqual(refusal(400, 'invalid'))
    expect(await give(id, 'form?interviewId=1')).toEqual(refusal(400, 'link-invalid'))
    expect(await give(id, 'https://evil.example.com/form?interviewId=1')).toEqual(refusal(400, 'link-untrusted'))
    expect(await give(id, 'javascript:alert(1)')).toEqual(refusal(400, 'link-untrusted'))
    expect(await world.api.delivery(id)).toMatchObject({ state: 'dead', attempts: 1, interviewLink: null })
  })

  test('another person’s link is refused', async () => {
    const [one, other] = [await linkless(), await linkless()]
    await give(one.id, one.interviewLink)
    await world.api.settled(one.id)
    expect(await give(other.id, one.interviewLink)).toEqual(refusal(409, 'link-of-another'))
    expect(await world.api.delivery(other.id)).toMatchObject({ state: 'dead' })
  })

  test('a delivery that waits for none, is erased, or is not there takes none', async () => {
    const { id, candidateId, interviewLink } = await linkless()
    const delivered = await moveIn(world, addCandidate(world).applicationId)
    await world.api.settled(delivered)
    expect(await give(delivered, interviewLink)).toEqual(refusal(409, 'link-not-awaited'))
    expect(await give('dlv_none', interviewLink)).toEqual(refusal(404, 'not-found'))
    const erased = { deliveries: 1, interviews: expect.any(Number), writeBacks: expect.any(Number) }
    const forgotten = await api.post('/api/candidates/forget', { connection: 'greenhouse', candidateId })
    expect(forgotten.body).toEqual({ connection: 'greenhouse', erased })
    expect(await give(id, interviewLink)).toEqual(refusal(409, 'erased'))
  })

  test('an expired link is replaced by a new one, not by itself, and the new one is written', async () => {
    const { candidateId, email, applicationId } = addCandidate(world)
    const first = await world.api.settled(await moveIn(world, applicationId))
    expect(first).toMatchObject({ state: 'delivered' })
    clock.forward(11 * DAY_MS)
    const second = world.greenhouse.addCandidate({ firstName: '', lastName: '', job: 'Engineer', candidateId })
    const id = await moveIn(world, second.applicationId)
    expect(await world.api.settled(id)).toMatchObject({ state: 'dead', reason: 'link-expired' })
    expect(await give(id, first.interviewLink)).toEqual(refusal(409, 'link-expired'))
    const { interviewLink } = interviewOf(`new-${email}`)
    expect((await give(id, interviewLink)).status).toBe(200)
    expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', interviewLink })
    expect(String(world.greenhouse.notesOf(second.applicationId)[0]?.['body'])).toContain(interviewLink)
  })

  test.each([
    ['given again', async (id: string, link: string) => (await give(id, link)).status],
    ['tried again', async (id: string) => (await api.post(`/api/deliveries/${id}/replay`)).status],
  ])('the new link reaches another application of the person, which is %s', async (_how, again) => {
    const { candidateId, email, applicationId } = addCandidate(world)
    const other = world.greenhouse.addCandidate({ firstName: '', lastName: '', job: 'Engineer', candidateId })
    const applications = [applicationId, other.applicationId]
    for (const id of applications) await world.api.settled(await moveIn(world, id))
    clock.forward(11 * DAY_MS)
    const waiting: string[] = []
    for (const id of applications) waiting.push((await world.api.settled(await moveIn(world, id))).id)
    const [first = '', second = ''] = waiting
    const expired = { state: 'dead', reason: 'link-expired' }
    for (const id of waiting) expect(await world.api.delivery(id)).toMatchObject(expired)

    const { interviewLink } = interviewOf(`new-${email}`)
    expect((await give(first, interviewLink)).status).toBe(200)
    expect(await world.api.settled(first)).toMatchObject({ state: 'delivered', interviewLink })
    expect(await again(second, interviewLink)).toBe(200)
    expect(await world.api.settled(second)).toMatchObject({ state: 'delivered', reason: 'written', interviewLink })
    const notes = applications.map((id) =>
      world.greenhouse.notesOf(id).filter((note) => String(note['body']).includes(interviewLink)),
    )
    expect(notes.map(({ length }) => length)).toEqual([1, 1])
  })

  test('the new link reaches a person who has moved on since the expired one was delivered', async () => {
    const { email, applicationId } = addCandidate(world)
    await world.api.settled(await moveIn(world, applicationId))
    clock.forward(15 * DAY_MS)
    const { id } = await world.api.settled(await moveIn(world, applicationId))
    world.greenhouse.move(applicationId, 'Offer')
    const { interviewLink } = interviewOf(`new-${email}`)
    expect((await give(id, interviewLink)).status).toBe(200)
    expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written', interviewLink })
    expect(world.greenhouse.fieldOf(applicationId, SANDBOX_FIELD)).toBe(interviewLink)
  })

  test('the new link reaches an application to which the expired one was delivered, once it is moved in again', async () => {
    const { candidateId, email, applicationId } = addCandidate(world)
    await world.api.settled(await moveIn(world, applicationId))
    clock.forward(15 * DAY_MS)
    const other = world.greenhouse.addCandidate({ firstName: '', lastName: '', job: 'Engineer', candidateId })
    const expired = await world.api.settled(await moveIn(world, other.applicationId))
    const { interviewLink } = interviewOf(`new-${email}`)
    expect((await give(expired.id, interviewLink)).status).toBe(200)
    expect(await world.api.settled(expired.id)).toMatchObject({ state: 'delivered', interviewLink })

    for (const reason of ['written', 'already-written'])
      expect(await world.api.settled(await moveIn(world, applicationId))).toMatchObject({ state: 'delivered', reason })
    expect(world.greenhouse.fieldOf(applicationId, SANDBOX_FIELD)).toBe(interviewLink)
    const notes = world.greenhouse.notesOf(applicationId).map(({ body }) => String(body).includes(interviewLink))
    expect(notes.filter(Boolean)).toHaveLength(1)
  })
})
