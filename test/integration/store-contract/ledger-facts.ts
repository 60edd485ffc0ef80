import { expect, it } from 'vitest'
import type { Interview } from '../../../src/domain/interview.ts'
import type { Store } from '../../../src/store/store.ts'
import { until } from '../../support/until.ts'
import { aSubject, at, memoryOf, type Stores, unique } from './samples.ts'

const anInterview = (): Interview => ({
  interviewId: unique('i'),
  link: `https://interviewflowai.com/i/${unique('')}`,
  createdAt: 1_700_000_000_000,
})
const aKey = () => ({ connection: 'greenhouse', applicationId: unique('a'), routeId: 'rt_1' })

export function ledgerFacts(stores: () => Stores): void {
  const whose = aSubject()

  it('every replica gets the same hash key of 32 bytes', async () => {
    const { store, other } = stores()
    const keys = await Promise.all([store.ledger.hashKey(), other.ledger.hashKey(), store.ledger.hashKey()])
    expect(keys[0]).toHaveLength(32)
    expect(keys[1]).toEqual(keys[0])
    expect(keys[2]).toEqual(keys[0])
  })

  it('every replica sees the same run of the store', async () => {
    const { store, other } = stores()
    const run = await store.ledger.storeRun()
    expect(run).not.toBe('')
    await expect(store.ledger.storeRun()).resolves.toBe(run)
    await expect(other.ledger.storeRun()).resolves.toBe(run)
  })

  it('a person never heard of has no entry', async () => {
    await expect(stores().store.ledger.findInterview(unique('p'))).resolves.toBeUndefined()
  })

  it('a later intent moves the time, and the first intent’s name stands', async () => {
    const { ledger } = stores().store
    const person = unique('p')
    await ledger.intendInterview(whose, at(person), { nameWords: ['w1', 'w2'], at: 1_000 })
    const again = { nameWords: ['w3'], at: 2_000, after: 1_000 }
    await expect(ledger.intendInterview(whose, at(person), again)).resolves.toBe(true)
    await expect(ledger.findInterview(person)).resolves.toEqual({ intentAt: 2_000, nameWords: ['w1', 'w2'] })
  })

  it('of two who intend at once one may, and the other learns that there is another intent', async () => {
    const { store, other } = stores()
    const person = unique('p')
    const intend = async ({ ledger }: Store, time: number, after?: number) =>
      await ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: time, after })
    const first = await Promise.all([intend(store, 1_000), intend(other, 2_000)])
    expect(first.toSorted()).toEqual([false, true])
    const stands = first[0] ? 1_000 : 2_000
    await expect(intend(store, 3_000, 4_000)).resolves.toBe(false)
    await expect(store.ledger.findInterview(person)).resolves.toMatchObject({ intentAt: stands })
  })

  it('nothing is intended once there is an interview', async () => {
    const { ledger } = stores().store
    const person = unique('p')
    const interview = anInterview()
    await ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: 1_000 })
    await ledger.keepInterview(whose, at(person), interview)
    for (const after of [undefined, 1_000])
      await expect(ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: 2_000, after })).resolves.toBe(
        false,
      )
    await expect(ledger.findInterview(person)).resolves.toMatchObject({ intentAt: 1_000, interview })
  })

  it('what is noted with an intent stands in the application’s memory', async () => {
    const { ledger } = stores().store
    const key = aKey()
    const begun = { key, target: 'interview', at: 1_000 }
    await ledger.intendInterview(whose, at(unique('p')), { nameWords: ['w1'], at: 1_000 }, begun)
    await expect(memoryOf(ledger, key)).resolves.toEqual(new Map([['interview', { intentAt: 1_000 }]]))
  })

  it('where nothing is intended, nothing is noted with it', async () => {
    const { ledger } = stores().store
    const [key, person] = [aKey(), unique('p')]
    await ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: 1_000 })
    const begun = { key, target: 'interview', at: 2_000 }
    await ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: 2_000 }, begun)
    await expect(memoryOf(ledger, key)).resolves.toEqual(new Map())
  })

  it('where nothing is intended, nobody is said to have been interviewed', async () => {
    const { ledger } = stores().store
    const [late, person] = [aSubject(), unique('p')]
    await ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: 1_000 })
    await ledger.intendInterview(late, at(person), { nameWords: ['w1'], at: 2_000 })
    await expect(ledger.findKnown(late, at(unique('p')))).resolves.toBeUndefined()
    await expect(ledger.erase(late.candidate)).resolves.toEqual({ interviews: 0, writeBacks: 0 })
    await expect(ledger.findInterview(person)).resolves.toMatchObject({ intentAt: 1_000 })
  })

  it('an intent taken back leaves nothing', async () => {
    const { ledger } = stores().store
    const person = unique('p')
    await ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: 1_000 })
    await ledger.withdrawInterview(person)
    await expect(ledger.findInterview(person)).resolves.toBeUndefined()
  })

  it('an intent taken back late leaves a kept interview alone', async () => {
    const { ledger } = stores().store
    const person = unique('p')
    const interview = anInterview()
    await ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: 1_000 })
    await ledger.keepInterview(whose, at(person), interview)
    await ledger.withdrawInterview(person)
    await expect(ledger.findInterview(person)).resolves.toEqual({ intentAt: 1_000, nameWords: ['w1'], interview })
  })

  it('the first interview kept stands, and the second keeper is given it', async () => {
    const { ledger } = stores().store
    const [person, first, second] = [unique('p'), anInterview(), anInterview()]
    await expect(ledger.keepInterview(whose, at(person), first)).resolves.toEqual(first)
    await expect(ledger.keepInterview(whose, at(person), second)).resolves.toEqual(first)
    await expect(ledger.findInterview(person)).resolves.toEqual({ nameWords: [], interview: first })
  })

  it('of many persons those are told whose link is known', async () => {
    const { ledger } = stores().store
    const [kept, other, intended, never] = [unique('p'), unique('p'), unique('p'), unique('p')]
    const interviews = [anInterview(), anInterview()] as const
    await ledger.keepInterview(whose, at(kept), interviews[0])
    await ledger.keepInterview(whose, at(other), interviews[1])
    await ledger.intendInterview(whose, at(intended), { nameWords: ['w1'], at: 1_000 })
    const told = await ledger.interviewsOf([never, other, intended, kept])
    expect(told).toEqual(
      new Map([
        [kept, interviews[0]],
        [other, interviews[1]],
      ]),
    )
    await expect(ledger.interviewsOf([])).resolves.toEqual(new Map())
  })

  it('of two interviews kept at once one stands for both', async () => {
    const { store, other } = stores()
    const person = unique('p')
    const [left, right] = await Promise.all([
      store.ledger.keepInterview(whose, at(person), anInterview()),
      other.ledger.keepInterview(whose, at(person), anInterview()),
    ])
    expect(left).toEqual(right)
  })

  it('an application is noted together with the interview made for it', async () => {
    const { store, other } = stores()
    const [key, interview] = [aKey(), anInterview()]
    await store.ledger.intendWrite(whose, key, 'interview', 1_000)
    await store.ledger.keepInterview(whose, at(unique('p')), interview, { key, target: 'created', at: 2_000 })
    await expect(memoryOf(other.ledger, key)).resolves.toEqual(
      new Map([
        ['interview', { intentAt: 1_000 }],
        ['created', { intentAt: 2_000 }],
      ]),
    )
  })

  it('what is known of an address comes before what is known of another one', async () => {
    const { store, other } = stores()
    const [mine, first, second] = [aSubject(), unique('p'), unique('p')]
    const [earlier, later] = [anInterview(), anInterview()]
    await store.ledger.keepInterview(mine, at(first), earlier)
    const known = async () => await other.ledger.findKnown(mine, at(second))
    await expect(known()).resolves.toEqual({ person: first, nameWords: [], interview: earlier })
    await store.ledger.intendInterview(mine, at(second), { nameWords: ['w1'], at: 1_000 })
    await expect(known()).resolves.toEqual({ person: second, nameWords: ['w1'], intentAt: 1_000 })
    await store.ledger.keepInterview(mine, at(second), later)
    await expect(known()).resolves.toMatchObject({ person: second, interview: later })
  })

  it('an address that got no interview hides none that another one got, and is known where there is no other', async () => {
    const { ledger } = stores().store
    const [mine, withdrawn, unanswered, interviewed] = [aSubject(), unique('p'), unique('p'), unique('p')]
    const known = async () => (await ledger.findKnown(mine, at(unique('p'))))?.person
    const intend = async (person: string) =>
      await ledger.intendInterview(mine, at(person), { nameWords: ['w1'], at: 1_000 })
    await intend(unanswered)
    await expect(known()).resolves.toBe(unanswered)
    await intend(withdrawn)
    await ledger.withdrawInterview(withdrawn)
    await expect(known()).resolves.toBe(unanswered)
    await intend(interviewed)
    await ledger.keepInterview(mine, at(interviewed), anInterview())
    await expect(known()).resolves.toBe(interviewed)
    await ledger.withdrawInterview(unanswered)
    await expect(known()).resolves.toBe(interviewed)
  })

  it('an interview is found on the application where the candidate has only an intent', async () => {
    const { ledger } = stores().store
    const [before, mine, person] = [aSubject(), aSubject(), unique('p')]
    await ledger.intendInterview(mine, at(unique('p')), { nameWords: ['w1'], at: 1_000 })
    await ledger.keepInterview(before, at(person), anInterview())
    const both = { candidate: mine.candidate, application: before.application }
    await expect(ledger.findKnown(both, at(unique('p')))).resolves.toMatchObject({ person })
  })

  it('of two addresses that got an interview the later one is found, since the other may have run out', async () => {
    const { ledger } = stores().store
    const [mine, first, second] = [aSubject(), unique('p'), unique('p')]
    await ledger.keepInterview(mine, at(first), anInterview())
    const keptAt = Date.now()
    await until(() => Date.now() > keptAt)
    await ledger.keepInterview(mine, at(second), anInterview())
    await expect(ledger.findKnown(mine, at(unique('p')))).resolves.toMatchObject({ person: second })
  })

  it('the link pattern is the one last learned', async () => {
    const { ledger } = stores().store
    await ledger.keepLinkPattern('https://interviewflowai.com/a/{id}')
    await ledger.keepLinkPattern('https://interviewflowai.com/b/{id}')
    await expect(ledger.findLinkPattern()).resolves.toBe('https://interviewflowai.com/b/{id}')
  })

  it('each write target of an application and route is remembered on its own', async () => {
    const { ledger } = stores().store
    const key = aKey()
    await ledger.intendWrite(whose, key, 'note', 1_000)
    await ledger.markWritten(whose, key, 'note', 1_500)
    await ledger.intendWrite(whose, key, 'customField:application:ai_interview_link', 2_000)
    await expect(memoryOf(ledger, key)).resolves.toEqual(
      new Map([
        ['note', { intentAt: 1_000, doneAt: 1_500 }],
        ['customField:application:ai_interview_link', { intentAt: 2_000 }],
      ]),
    )
  })

  it('a write’s intent taken back leaves nothing, and a write done stays done', async () => {
    const { ledger } = stores().store
    const key = aKey()
    await ledger.intendWrite(whose, key, 'note', 1_000)
    await ledger.withdrawWrite(key, 'note')
    await expect(memoryOf(ledger, key)).resolves.toEqual(new Map())
    await ledger.markWritten(whose, key, 'note', 2_000)
    await ledger.withdrawWrite(key, 'note')
    await expect(memoryOf(ledger, key)).resolves.toEqual(new Map([['note', { doneAt: 2_000 }]]))
  })

  it('another route of the same application has a memory of its own', async () => {
    const { ledger } = stores().store
    const key = aKey()
    await ledger.markWritten(whose, key, 'note', 1_000)
    await expect(memoryOf(ledger, { ...key, routeId: 'rt_2' })).resolves.toEqual(new Map())
  })

  it('a purge leaves alone what was touched since', async () => {
    const { ledger } = stores().store
    const [key, person] = [aKey(), unique('p')]
    await ledger.intendInterview(whose, at(person), { nameWords: ['w1'], at: 1_000 })
    await ledger.markWritten(whose, key, 'note', 1_000)
    await ledger.purge(Date.now() - 86_400_000)
    await expect(ledger.findInterview(person)).resolves.toBeDefined()
    expect((await memoryOf(ledger, key)).size).toBe(1)
  })

  it('a purge forgets what is older, where it does not expire by itself', async () => {
    const { store } = stores()
    const [key, person] = [aKey(), unique('p')]
    await store.ledger.keepInterview(whose, at(person), anInterview())
    await store.ledger.markWritten(whose, key, 'note', 1_000)
    await store.ledger.purge(Date.now() + 60_000)
    const isKept = store.kind === 'redis'
    expect((await store.ledger.findInterview(person)) !== undefined).toBe(isKept)
    expect((await memoryOf(store.ledger, key)).size).toBe(isKept ? 1 : 0)
  })

  it('an interview takes the place of the one that is named, and of no other', async () => {
    const { ledger } = stores().store
    const [person, whose] = [unique('p'), aSubject()]
    const made = (interviewId: string) => ({
      interviewId,
      link: `https://links.example.com/${person}/${interviewId}`,
      createdAt: 1,
    })
    await expect(ledger.replaceInterview(person, made('old'), made('new'))).resolves.toBeUndefined()
    await ledger.keepInterview(whose, at(person), made('old'))
    await expect(ledger.replaceInterview(person, made('other'), made('new'))).resolves.toEqual(made('old'))
    await expect(ledger.replaceInterview(person, made('old'), made('new'))).resolves.toEqual(made('new'))
    await expect(ledger.keepInterview(whose, at(person), made('late'))).resolves.toEqual(made('new'))
  })

  it('whose a link is can be asked', async () => {
    const { ledger } = stores().store
    const [person, link] = [unique('p'), `https://links.example.com/${unique('i')}`]
    await ledger.keepInterview(aSubject(), at(person), { interviewId: 'i', link, createdAt: 1 })
    await expect(ledger.findByLink(link)).resolves.toBe(person)
    await expect(ledger.findByLink(`${link}0`)).resolves.toBeUndefined()
  })
}
