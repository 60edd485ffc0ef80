import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AtsTools } from '../../src/ats/adapter.ts'
import { atsDefinitions } from '../../src/ats/registry.ts'
import type { Purpose } from '../../src/budget/limit.ts'
import { PermanentError, RetryableError } from '../../src/domain/errors.ts'
import type { StageEntry } from '../../src/domain/stage-change.ts'
import { atsTools } from '../support/ats-tools.ts'
import { type EnteredSubject, enteredSubjects } from '../support/entered-subjects.ts'

const STAGE = 'AI Interview'
const HOUR_MS = 3_600_000
const START = Date.parse('2026-11-24T09:00:00Z')

const names = Object.keys(atsDefinitions) as (keyof typeof atsDefinitions)[]

describe.each(names)('who entered a stage at %s', (name) => {
  let subject: EnteredSubject
  let now: number
  const stop = new AbortController()
  /** A stage behind the routed one. */
  const next = 'Offer'

  beforeEach(async () => {
    now = START
    subject = await enteredSubjects[name]({ now: () => now })
  })
  afterEach(async () => {
    await subject.sandbox.close()
    expect(subject.sandbox.unexpected()).toEqual([])
  })

  const entered = async (
    since: number,
    stages: readonly string[] = [STAGE],
    tools: Partial<AtsTools> = {},
    signal = stop.signal,
  ): Promise<StageEntry[]> => {
    const adapter = atsDefinitions[name].create(subject.settings, atsTools(tools))
    const told: StageEntry[] = []
    for await (const entry of adapter.entered(since, stages, signal)) told.push(entry)
    return told
  }
  const enter = (job = 'Designer') => {
    const added = subject.add(job)
    now += 1_000
    subject.move(added.applicationId, STAGE)
    return added
  }

  it('is told in ids, with the time and a mark that stays the same', async () => {
    const { applicationId, candidateId, jobId } = enter()
    const [entry, ...others] = await entered(START)
    expect(others).toEqual([])
    expect(entry).toMatchObject({
      applicationId,
      candidateId,
      jobId,
      stageId: subject.stageId(applicationId, STAGE),
      stageName: STAGE,
    })
    expect(Math.abs((entry?.enteredAt ?? 0) - now)).toBeLessThan(100)
    now += HOUR_MS
    expect(await entered(START)).toEqual([entry])
  })

  it('is found by the stage’s name in any spelling of it, and by its id', async () => {
    const { applicationId } = enter()
    expect(await entered(START, [' ai interview '])).toHaveLength(1)
    expect(await entered(START, [subject.stageId(applicationId, STAGE)])).toHaveLength(1)
    expect(await entered(START, ['No such stage'])).toEqual([])
  })

  it('leaves out who entered before, who has gone on, and whose application is over', async () => {
    enter()
    now += HOUR_MS
    const since = now
    const [gone, over] = [enter(), enter()]
    subject.move(gone.applicationId, next)
    subject.end(over.applicationId)
    const { applicationId } = enter()
    expect((await entered(since)).map((entry) => entry.applicationId)).toEqual([applicationId])
  })

  it('of somebody who came back tells the last time', async () => {
    const { applicationId } = enter()
    const [first] = await entered(START)
    now += HOUR_MS
    subject.move(applicationId, next)
    subject.move(applicationId, STAGE)
    const [second] = await entered(START)
    expect((second?.enteredAt ?? 0) - (first?.enteredAt ?? 0)).toBeGreaterThanOrEqual(HOUR_MS)
    expect(second?.mark).not.toBe(first?.mark)
  })

  it('is read to the end of every list, each person once', async () => {
    const ids = Array.from({ length: 230 }, (_, n) => enter(`Job ${n % 60}`).applicationId)
    const told = (await entered(START)).map(({ applicationId }) => applicationId)
    expect(told.toSorted()).toEqual(ids.toSorted())
  })

  it('is asked in the sweep’s share of the limit, and waits for it', async () => {
    enter()
    const purposes: Purpose[] = []
    const take = async (purpose: Purpose) => {
      purposes.push(purpose)
      if (purposes.length % 2 === 1) throw new RetryableError('rate-limited', { isAttempt: false, retryAfterMs: 1 })
    }
    const budget = { ...atsTools().budget, take }
    expect(await entered(START, [STAGE], { budget })).toHaveLength(1)
    expect(new Set(purposes)).toEqual(new Set(['sweep']))
  })

  it('is not waited for once it is told to stop', async () => {
    const stopping = new AbortController()
    const take = async () => {
      setImmediate(() => stopping.abort())
      throw new RetryableError('rate-limited', { isAttempt: false, retryAfterMs: HOUR_MS })
    }
    const budget = { ...atsTools().budget, take }
    await expect(entered(START, [STAGE], { budget }, stopping.signal)).rejects.toHaveProperty('name', 'AbortError')
  })

  it('is not told by an ATS that is down, nor to a key that may not ask', async () => {
    enter()
    subject.sandbox.fault({ kind: 'error-request', status: 503 })
    await expect(entered(START)).rejects.toBeInstanceOf(RetryableError)
    const forbidden = name === 'greenhouse' ? 'list-application-stages' : 'list-stages'
    subject.sandbox.fault({ kind: 'error-request', status: 403, operation: forbidden })
    await expect(entered(START)).rejects.toBeInstanceOf(PermanentError)
  })
})
