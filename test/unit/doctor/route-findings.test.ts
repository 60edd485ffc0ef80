import { describe, expect, test } from 'vitest'
import type { AtsInspector, InspectedStage, Named } from '../../../src/ats/inspector.ts'
import type { Finding } from '../../../src/doctor/finding.ts'
import { type Remembered, routeFindings } from '../../../src/doctor/route-findings.ts'
import type { Route } from '../../../src/domain/connection.ts'
import { collect } from '../../support/collect.ts'

interface Account {
  readonly jobs?: readonly Named[]
  readonly stages: readonly InspectedStage[]
}

/** An inspector of an account held in memory. */
function inspectorOf({ jobs = [], stages }: Account): AtsInspector & { readonly stagesRead: () => number } {
  let stagesRead = 0
  return {
    mends: { credentials: '', permission: '' },
    signIn: () => Promise.reject(new Error('not asked for')),
    permissions: () => Promise.reject(new Error('not asked for')),
    async *jobs() {
      yield* jobs
    },
    async *stages(jobIds) {
      for (const stage of stages.filter(({ jobId }) => jobIds?.includes(jobId ?? '') ?? true)) {
        stagesRead += 1
        yield stage
      }
    },
    stagesRead: () => stagesRead,
  }
}

function route(given: Partial<Route>): { index: number; route: Route } {
  const interviewer = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'
  return {
    index: 0,
    route: { id: 'rt', connection: 'acme', stage: 'AI Interview', interviewer, sendResume: false, ...given },
  }
}

async function findings(
  given: Partial<Route>,
  account: Account,
  remembered: readonly Remembered[] = [],
): Promise<Finding[]> {
  return await collect(routeFindings([route(given)], inspectorOf(account), remembered))
}

const stage = (id: string, name: string, jobId?: string): InspectedStage => ({ id, name, ...(jobId && { jobId }) })

describe('a route', () => {
  test('whose stage is there by name, whatever its case and blanks, is well', async () => {
    const found = await findings({ stage: ' ai interview' }, { stages: [stage('1', 'AI Interview ')] })
    expect(found.map(({ status }) => status)).toEqual(['pass'])
  })

  test('whose stage is there by id is well', async () => {
    const found = await findings({ stage: '7' }, { stages: [stage('7', 'Anything')] })
    expect(found.map(({ status }) => status)).toEqual(['pass'])
  })

  test('whose stage is not there fails with the nearest name', async () => {
    const [found] = await findings({ stage: 'AI Interveiw' }, { stages: [stage('1', 'AI Interview')] })
    expect(found).toMatchObject({ status: 'fail', message: expect.stringContaining('there is "AI Interview"') })
  })

  test('whose stage was renamed fails with the new name', async () => {
    const remembered: Remembered[] = [{ kind: 'stage', id: '1', name: 'AI Interview' }]
    const [found] = await findings({}, { stages: [stage('1', 'Video call')] }, remembered)
    expect(found).toMatchObject({ status: 'fail', message: expect.stringContaining('it is now "Video call"') })
  })

  test('whose job is not there fails with the nearest name', async () => {
    const account = { jobs: [{ id: '5', name: 'Designer' }], stages: [stage('1', 'AI Interview', '5')] }
    const [found] = await findings({ jobs: ['Desinger'] }, account)
    expect(found).toMatchObject({ status: 'fail', message: expect.stringContaining('there is "Designer"') })
  })

  test('of jobs of which one lacks the stage is warned of', async () => {
    const jobs = [
      { id: '5', name: 'Designer' },
      { id: '6', name: 'Engineer' },
    ]
    const account = { jobs, stages: [stage('1', 'AI Interview', '5'), stage('2', 'Offer', '6')] }
    const found = await findings({ jobs: ['Designer', '6'] }, account)
    expect(found.map(({ status }) => status)).toEqual(['pass', 'warn'])
    expect(found[1]?.message).toContain('6')
  })

  test('of a job’s name takes every job of that name', async () => {
    const jobs = ['5', '6', '7'].map((id) => ({ id, name: id === '7' ? 'Engineer' : 'Designer' }))
    const account = { jobs, stages: [stage('1', 'AI Interview', '5'), stage('2', 'Offer', '6')] }
    const found = await findings({ jobs: ['designer', '5'] }, account)
    expect(found.map(({ status, message }) => `${status}: ${message}`)).toEqual([
      'pass: routes[0]: stage "AI Interview" is there; the route takes 2 jobs',
      'warn: routes[0]: 1 of its jobs have no stage "AI Interview": 6',
    ])
  })

  test('that names its stage by id is warned of the jobs that lack it alone', async () => {
    const jobs = ['5', '6', '7'].map((id) => ({ id, name: `Job ${id}` }))
    const account = { jobs, stages: [stage('9', 'Video', '5'), stage('9', 'Video', '6'), stage('3', 'Video', '7')] }
    const found = await findings({ stage: '9', jobs: ['5', '6', '7'] }, account)
    expect(found[1]).toMatchObject({ status: 'warn', message: 'routes[0]: 1 of its jobs have no stage "9": 7' })
  })

  test('does not have every stage of a large account read', async () => {
    const inspector = inspectorOf({ stages: [stage('1', 'AI Interview'), stage('2', 'Offer'), stage('3', 'Hired')] })
    await collect(routeFindings([route({})], inspector, []))
    expect(inspector.stagesRead()).toBe(1)
  })
})
