import { describe, expect, test } from 'vitest'
import type { Route } from '../../../src/domain/connection.ts'
import { matchJob, matchRoutes, matchStage } from '../../../src/route/match-routes.ts'

const aRoute = (differences: Partial<Route> = {}): Route => ({
  id: 'rt_1',
  connection: 'greenhouse',
  stage: 'AI Interview',
  interviewer: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  sendResume: false,
  ...differences,
})

describe('a route', () => {
  test.each(['AI Interview', ' ai interview ', 'AI INTERVIEW'])('matches the stage name %j', (stageName) => {
    expect(matchStage(aRoute(), { stageId: '71416', stageName })).toBe('yes')
  })

  test('matches the stage by id as well as by name', () => {
    expect(matchStage(aRoute({ stage: '71416' }), { stageId: '71416' })).toBe('yes')
  })

  test('does not match another stage', () => {
    expect(matchStage(aRoute(), { stageId: '1', stageName: 'Onsite' })).toBe('no')
  })

  test('is undecided while it names the stage and only an id is known', () => {
    expect(matchStage(aRoute(), { stageId: '71416' })).toBe('unknown')
  })

  test('without jobs covers every job, even none', () => {
    expect(matchJob(aRoute(), { stageId: '1' })).toBe('yes')
  })

  test('covers jobs by id or name', () => {
    const route = aRoute({ jobs: ['3485', 'Designer'] })
    expect(matchJob(route, { stageId: '1', jobId: '3485' })).toBe('yes')
    expect(matchJob(route, { stageId: '1', jobId: '9', jobName: 'designer ' })).toBe('yes')
    expect(matchJob(route, { stageId: '1', jobId: '9', jobName: 'Engineer' })).toBe('no')
    expect(matchJob(route, { stageId: '1' })).toBe('unknown')
  })

  test('is undecided on a job whose name is not known only while it names jobs', () => {
    const hidden = { stageId: '1', jobId: '9' }
    expect(matchJob(aRoute({ jobs: ['3485', 'Designer'] }), hidden)).toBe('unknown')
    expect(matchJob(aRoute({ jobs: ['3485', 'e4a1c2d0-5b6f-4c7a-8d9e-0f1a2b3c4d5e'] }), hidden)).toBe('no')
    expect(matchJob(aRoute({ jobs: ['3485'] }), { stageId: '1' })).toBe('unknown')
  })
})

test('a stage change goes to every route of its own connection that it may belong to', () => {
  const routes = [
    aRoute({ id: 'same' }),
    aRoute({ id: 'other-job', jobs: ['Engineer'] }),
    aRoute({ id: 'other-stage', stage: 'Onsite' }),
    aRoute({ id: 'other-connection', connection: 'lever' }),
    aRoute({ id: 'second-interviewer', jobs: ['Designer'] }),
  ]
  const change = { stageId: '71416', stageName: 'AI Interview', jobId: '3485', jobName: 'Designer' }
  expect(matchRoutes(routes, 'greenhouse', change).map(({ id }) => id)).toEqual(['same', 'second-interviewer'])
})
