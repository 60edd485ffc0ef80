import { expect, it } from 'vitest'
import { LapsedError } from '../../../src/domain/errors.ts'
import { ERASED_ID } from '../../../src/journal/journal.ts'
import type { Ledger, Subject } from '../../../src/ledger/ledger.ts'
import { aDelivery, anEnd, aSubject, at, carried, memoryOf, type Stores, unique } from './samples.ts'

const anInterview = () => ({
  interviewId: unique('i'),
  link: `https://interviewflowai.com/i/${unique('')}`,
  createdAt: 1,
})
const aKey = () => ({ connection: 'greenhouse', applicationId: unique('a'), routeId: 'rt_1' })
const { interviewer } = at('')

export function erasureFacts(stores: () => Stores): void {
  /** Writes all that a delivery writes. */
  const written = async (whose: Subject) => {
    const { ledger } = stores().store
    const [person, key] = [unique('p'), aKey()]
    await ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: 1_000 })
    const interview = await ledger.keepInterview(whose, at(person), anInterview())
    await ledger.intendWrite(whose, key, 'note', 2_000)
    await ledger.markWritten(whose, key, 'note', 3_000)
    return { person, key, interview }
  }

  /** As whom somebody is known who comes under an address of which nothing is remembered. */
  const knownAs = async (ledger: Ledger, whose: Subject, by = interviewer) =>
    (await ledger.findKnown(whose, { person: unique('p'), interviewer: by }))?.person

  it.each(['candidate', 'application'] as const)(
    'an erased %s has no entries left, and the replica knows',
    async (kind) => {
      const { store, other } = stores()
      const whose = aSubject()
      const { person, key } = await written(whose)
      await expect(other.ledger.lifeOf(whose)).resolves.toBe('living')
      await expect(store.ledger.erase(whose[kind])).resolves.toEqual({ interviews: 1, writeBacks: 1 })
      await expect(other.ledger.findInterview(person)).resolves.toBeUndefined()
      await expect(knownAs(other.ledger, whose)).resolves.toBeUndefined()
      await expect(memoryOf(other.ledger, key)).resolves.toEqual(new Map())
      await expect(other.ledger.lifeOf(whose)).resolves.toBe('erased')
    },
  )

  it('erasing again erases nothing more', async () => {
    const { ledger } = stores().store
    const whose = aSubject()
    await written(whose)
    await ledger.erase(whose.candidate)
    await expect(ledger.erase(whose.candidate)).resolves.toEqual({ interviews: 0, writeBacks: 0 })
    await expect(ledger.lifeOf(whose)).resolves.toBe('erased')
  })

  it('others keep what is theirs', async () => {
    const { ledger } = stores().store
    const [erased, kept] = [aSubject(), aSubject()]
    await written(erased)
    const { person, key } = await written(kept)
    await ledger.erase(erased.candidate)
    await expect(ledger.findInterview(person)).resolves.toBeDefined()
    expect((await memoryOf(ledger, key)).size).toBe(1)
    await expect(ledger.lifeOf(kept)).resolves.toBe('living')
  })

  it('nothing is written for somebody erased', async () => {
    const { store, other } = stores()
    const whose = aSubject()
    await store.ledger.erase(whose.candidate)
    const [person, key] = [unique('p'), aKey()]
    const { ledger } = other
    await expect(ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: 1_000 })).rejects.toThrow(
      LapsedError,
    )
    await expect(ledger.keepInterview(whose, at(person), anInterview())).rejects.toThrow(LapsedError)
    const made = { key, target: 'created', at: 1_000 }
    await expect(ledger.keepInterview(whose, at(person), anInterview(), made)).rejects.toThrow(LapsedError)
    await expect(ledger.intendWrite(whose, key, 'note', 1_000)).rejects.toThrow(LapsedError)
    await expect(ledger.markWritten(whose, key, 'note', 1_000)).rejects.toThrow(LapsedError)
    await expect(ledger.findInterview(person)).resolves.toBeUndefined()
    expect((await memoryOf(ledger, key)).size).toBe(0)
  })

  it('what is written at the very time of an erasure is erased or refused', async () => {
    const { store, other } = stores()
    for (let round = 0; round < 20; round++) {
      const [whose, person] = [aSubject(), unique('p')]
      const keep = other.ledger.keepInterview(whose, at(person), anInterview()).catch((error: unknown) => error)
      await Promise.all([keep, store.ledger.erase(whose.candidate)])
      await expect(store.ledger.findInterview(person)).resolves.toBeUndefined()
    }
  })

  it('the person as whom a candidate was first interviewed is found', async () => {
    const { ledger } = stores().store
    const whose = aSubject()
    const { person } = await written(whose)
    await expect(knownAs(ledger, whose)).resolves.toBe(person)
    await expect(knownAs(ledger, whose, 'another')).resolves.toBeUndefined()
  })

  it('the person interviewed on an application is found, though the application is another candidate’s now', async () => {
    const { store, other } = stores()
    const whose = aSubject()
    const { person } = await written(whose)
    const since = { ...aSubject(), application: whose.application }
    await expect(knownAs(other.ledger, since)).resolves.toBe(person)
    await store.ledger.erase(whose.application)
    await expect(knownAs(other.ledger, since)).resolves.toBeUndefined()
  })

  it('a candidate who became another one leaves them all entries, and writes in their name', async () => {
    const { store, other } = stores()
    const [from, into] = [aSubject(), aSubject()]
    const { person, key } = await written(from)
    await store.ledger.merge(from.candidate, into.candidate)
    const { ledger } = other
    await expect(knownAs(ledger, into)).resolves.toBe(person)
    await expect(knownAs(ledger, { ...aSubject(), candidate: from.candidate })).resolves.toBeUndefined()
    expect((await memoryOf(ledger, key)).size).toBe(1)
    await expect(ledger.lifeOf(from)).resolves.toBe('merged')

    const late = await written(from)
    await expect(ledger.erase(into.candidate)).resolves.toEqual({ interviews: 2, writeBacks: 2 })
    await expect(ledger.findInterview(person)).resolves.toBeUndefined()
    await expect(ledger.findInterview(late.person)).resolves.toBeUndefined()
    await expect(ledger.lifeOf(from)).resolves.toBe('erased')
    await expect(ledger.keepInterview(from, at(person), anInterview())).rejects.toThrow(LapsedError)
  })

  it('whoever is about to write is told that the candidate became another one', async () => {
    const { store, other } = stores()
    const [from, into] = [aSubject(), aSubject()]
    await expect(store.ledger.intendWrite(from, aKey(), 'note', 1_000)).resolves.toBe('living')
    await store.ledger.merge(from.candidate, into.candidate)
    await expect(other.ledger.intendWrite(from, aKey(), 'note', 2_000)).resolves.toBe('merged')
    await expect(other.ledger.intendWrite(into, aKey(), 'note', 2_000)).resolves.toBe('living')
  })

  it('whoever looks what was written is told whether they are still there', async () => {
    const { store, other } = stores()
    const [from, into] = [aSubject(), aSubject()]
    const { key } = await written(from)
    const found = async () => await other.ledger.findWriteBack(from, key)
    const memory = new Map([['note', { intentAt: 2_000, doneAt: 3_000 }]])
    await expect(found()).resolves.toEqual({ life: 'living', memory })
    await store.ledger.merge(from.candidate, into.candidate)
    await expect(found()).resolves.toEqual({ life: 'merged', memory })
    await store.ledger.erase(into.candidate)
    await expect(found()).resolves.toEqual({ life: 'erased', memory: new Map() })
  })

  it('candidates merged one after the other end as the last one, said twice or not', async () => {
    const { ledger } = stores().store
    const [one, two, three] = [aSubject(), aSubject(), aSubject()]
    const { person } = await written(one)
    await ledger.merge(one.candidate, two.candidate)
    await ledger.merge(one.candidate, two.candidate)
    await ledger.merge(two.candidate, three.candidate)
    await ledger.merge(three.candidate, one.candidate)
    await expect(knownAs(ledger, three)).resolves.toBe(person)
    await expect(ledger.lifeOf(one)).resolves.toBe('merged')
    await expect(ledger.erase(one.candidate)).resolves.toEqual({ interviews: 0, writeBacks: 0 })
    await expect(ledger.erase(three.candidate)).resolves.toEqual({ interviews: 1, writeBacks: 1 })
    await expect(ledger.lifeOf(one)).resolves.toBe('erased')
  })

  it('whoever becomes somebody erased is erased', async () => {
    const { ledger } = stores().store
    const [from, into] = [aSubject(), aSubject()]
    const { person } = await written(from)
    await ledger.erase(into.candidate)
    await ledger.merge(from.candidate, into.candidate)
    await expect(ledger.findInterview(person)).resolves.toBeUndefined()
    await expect(ledger.lifeOf(from)).resolves.toBe('erased')
  })

  it('records of an erased candidate stay without a link to them', async () => {
    const { journal } = stores().store
    const candidateId = unique('c')
    const ends = [
      anEnd({ learned: { person: 'p' } }),
      anEnd({ state: 'dead', reason: 'vendor-refused', learned: { person: 'p' } }),
      anEnd({ state: 'lapsed', reason: 'no-email' }),
      anEnd({ state: 'retrying', reason: 'ats-unavailable', nextAttemptAt: 9_000 }),
    ]
    const ended = ends.map((end) => ({ delivery: aDelivery({ candidateId }), end }))
    for (const { delivery, end } of ended) await carried(stores(), delivery, end)
    const [waiting, running] = [aDelivery({ candidateId }), aDelivery({ candidateId })]
    for (const delivery of [waiting, running]) await journal.received([delivery])
    await journal.started(running, 1_000)
    const stranger = aDelivery({ candidateId, connection: 'another' })
    await journal.received([stranger])
    const before = await journal.counts()

    const { records, rounds } = await journal.erase({ connection: 'greenhouse', candidateId }, 5_000)
    expect(records).toBe(6)
    expect(rounds.map(({ id }) => id).sort()).toEqual([ended[3]?.delivery.id, waiting.id, running.id].sort())
    expect(rounds.map(({ round }) => round)).toEqual([0, 0, 0])
    const after = await journal.counts()
    expect(after).toEqual({
      ...{ queued: before.queued - 1, running: before.running - 1, retrying: before.retrying - 1 },
      ...{ delivered: before.delivered, lapsed: before.lapsed + 4, dead: before.dead - 1 },
    })
    const states = [
      'delivered: written',
      'lapsed: anonymized',
      'lapsed: no-email',
      ...Array(3).fill('lapsed: anonymized'),
    ]
    for (const [index, { id, applicationId }] of [
      ...ended.map(({ delivery }) => delivery),
      waiting,
      running,
    ].entries()) {
      const entry = await journal.find(id)
      expect(entry).toMatchObject({ applicationId: ERASED_ID, candidateId: ERASED_ID })
      expect(entry).not.toHaveProperty('person')
      expect(entry).not.toHaveProperty('nextAttemptAt')
      expect(`${entry?.state}: ${entry?.reason}`).toBe(states[index])
      expect((await journal.timeline(id)).at(-1)).toEqual({ at: 5_000, step: 'erase', outcome: 'erased' })
      expect((await journal.list({ q: applicationId, limit: 10 })).items).toEqual([])
      await expect(journal.requeued(id, 6_000)).resolves.toBeUndefined()
    }
    const { items } = await journal.list({ q: candidateId, limit: 10 })
    expect(items.map(({ id }) => id)).toEqual([stranger.id])
    expect((await journal.list({ q: ERASED_ID, limit: 10, state: 'retrying' })).items).toEqual([])
  })

  it('an erasure leaves the deliveries that it is told to leave, and takes them when it is said again', async () => {
    const { journal } = stores().store
    const [one, other] = [aDelivery(), aDelivery()]
    const { connection, candidateId } = one
    await journal.received([one, { ...other, candidateId }])
    const of = { connection, candidateId }
    await expect(journal.erase(of, 1_000, [other.id])).resolves.toEqual({
      records: 1,
      rounds: [{ id: one.id, round: 0 }],
    })
    expect(await journal.find(other.id)).toMatchObject({ state: 'queued', candidateId })
    await expect(journal.erase(of, 2_000)).resolves.toMatchObject({ records: 1 })
    expect(await journal.find(other.id)).toMatchObject({ state: 'lapsed', candidateId: ERASED_ID })
  })

  it('what a run says after its person was erased is ignored, and the delivery is not begun again', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    const { connection, applicationId } = delivery
    await journal.received([delivery])
    const run = await journal.started(delivery, 1_000)
    await expect(journal.erase({ connection, applicationId }, 2_000)).resolves.toMatchObject({ records: 1 })
    await journal.ended(delivery.id, run?.run ?? 0, anEnd({ learned: { candidateId: 'c', person: 'p' } }))
    const entry = await journal.find(delivery.id)
    expect(entry).toMatchObject({ state: 'lapsed', reason: 'anonymized', candidateId: ERASED_ID })
    await expect(journal.started(delivery, 3_000)).resolves.toBeUndefined()
    await expect(journal.received([delivery])).resolves.toEqual([false])
    await expect(journal.find(delivery.id)).resolves.toEqual(entry)
    expect((await journal.overdue(Date.now() * 2, 10_000)).map(({ delivery: { id } }) => id)).not.toContain(delivery.id)
  })

  it('a run that saw the candidate before a merge does not take the record from the one they have become', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    const { connection, candidateId } = delivery
    const into = unique('c')
    await journal.received([delivery])
    const run = await journal.started(delivery, 1_000)
    await journal.merge(connection, candidateId, into)
    await journal.ended(delivery.id, run?.run ?? 0, anEnd({ learned: { candidateId, jobName: 'Designer' } }))
    await expect(journal.find(delivery.id)).resolves.toMatchObject({ candidateId: into, jobName: 'Designer' })
    await expect(journal.erase({ connection, candidateId: into }, 2_000)).resolves.toMatchObject({ records: 1 })
    for (const q of [candidateId, into]) expect((await journal.list({ q, limit: 10 })).items).toEqual([])
  })

  it('a run that finds a merged person erased leaves no link to them either', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    const into = unique('c')
    await journal.received([delivery])
    const run = await journal.started(delivery, 1_000)
    await journal.merge(delivery.connection, delivery.candidateId, into)
    await journal.ended(delivery.id, run?.run ?? 0, anEnd({ state: 'lapsed', reason: 'anonymized' }))
    expect((await journal.list({ q: into, limit: 10 })).items).toEqual([])
  })

  it('a run that finds its person erased leaves no link to them, but its history', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    const line = { at: 1_500, step: 'load', outcome: 'anonymized' } as const
    const learned = { candidateId: 'c', person: 'p', jobName: 'Designer' }
    await carried(stores(), delivery, anEnd({ state: 'lapsed', reason: 'anonymized', learned, timeline: [line] }))
    const entry = await journal.find(delivery.id)
    expect(entry).toMatchObject({ state: 'lapsed', applicationId: ERASED_ID, candidateId: ERASED_ID, attempts: 1 })
    expect(entry).not.toHaveProperty('person')
    expect((await journal.timeline(delivery.id)).at(-1)).toEqual(line)
    for (const q of [delivery.candidateId, delivery.applicationId]) {
      expect((await journal.list({ q, limit: 10 })).items).toEqual([])
    }
  })

  it('an interview comes along with a candidate who became one with only an intent', async () => {
    const { ledger } = stores().store
    const [whose, into] = [aSubject(), aSubject()]
    await ledger.intendInterview(into, at(unique('p')), { nameWords: ['w1'], at: 1_000 })
    const { person } = await written(whose)
    await ledger.merge(whose.candidate, into.candidate)
    await expect(knownAs(ledger, { ...aSubject(), candidate: into.candidate })).resolves.toBe(person)
    await ledger.erase(into.candidate)
    await expect(knownAs(ledger, { ...aSubject(), candidate: into.candidate })).resolves.toBeUndefined()
    await expect(ledger.findInterview(person)).resolves.toBeUndefined()
  })

  it('records of a candidate who became another one are found by the other', async () => {
    const { journal } = stores().store
    const delivery = aDelivery()
    const into = unique('c')
    await journal.received([delivery])
    await journal.merge(delivery.connection, delivery.candidateId, into)
    await expect(journal.find(delivery.id)).resolves.toMatchObject({ candidateId: into, state: 'queued' })
    const ids = async (q: string) => (await journal.list({ q, limit: 10 })).items.map(({ id }) => id)
    await expect(ids(into)).resolves.toEqual([delivery.id])
    await expect(ids(delivery.applicationId)).resolves.toEqual([delivery.id])
    await expect(ids(delivery.candidateId)).resolves.toEqual([])
  })
}
