import { describe, expect, test } from 'vitest'
import type { Route } from '../../../src/domain/connection.ts'
import { makeDelivery, routeId } from '../../../src/domain/delivery.ts'
import type { StageChange } from '../../../src/domain/stage-change.ts'

const interviewer = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'
const route: Route = {
  id: routeId('greenhouse', 'AI Interview', interviewer),
  connection: 'greenhouse',
  stage: 'AI Interview',
  interviewer,
  sendResume: false,
}
const change: StageChange = { applicationId: '1', candidateId: '2', stageId: '3', mark: '2026-11-24T10:00:00Z' }

describe('the id of a delivery', () => {
  const { id } = makeDelivery('greenhouse', route, change, 1)

  test('is the same for the same change received later', () => {
    expect(makeDelivery('greenhouse', route, { ...change }, 2).id).toBe(id)
  })

  test.each([{ applicationId: '9' }, { stageId: '9' }, { mark: '2026-11-24T11:00:00Z' }])(
    'differs with %o',
    (difference) => {
      expect(makeDelivery('greenhouse', route, { ...change, ...difference }, 1).id).not.toBe(id)
    },
  )

  test('differs by route', () => {
    expect(makeDelivery('greenhouse', { ...route, id: 'rt_other' }, change, 1).id).not.toBe(id)
  })

  test('is one that BullMQ takes: no colon, not digits only', () => {
    expect(id).toMatch(/^dlv_[0-9a-f]{26}$/)
  })
})

test('a route keeps its identity when its stage is written in other letters', () => {
  expect(routeId('greenhouse', ' ai interview', interviewer.toUpperCase())).toBe(route.id)
})

test('the mark of a change stays out of the delivery', () => {
  expect(makeDelivery('greenhouse', route, change, 1)).not.toHaveProperty('mark')
})

test('a delivery holds nothing that a database refuses in a text', () => {
  const { jobName, applicationId } = makeDelivery(
    'lever',
    route,
    { ...change, jobName: 'Nurse\0 \ud800', applicationId: '1\0' },
    1,
  )
  expect(jobName).toBe('Nurse \ufffd')
  expect(applicationId).toBe('1')
})
