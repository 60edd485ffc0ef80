import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vendorFindings } from '../../../src/doctor/vendor-findings.ts'
import { makeAgent } from '../../../src/http/agent.ts'
import { askVendor } from '../../../src/interview/inspect.ts'
import {
  type InterviewFlowSandbox,
  sandboxInterviewer,
  startInterviewFlowSandbox,
} from '../../../src/sandbox/interviewflow.ts'
import { type FakeAnswer, FakeHttp } from '../../support/fake-http.ts'

const stranger = '00000000-0000-4000-8000-000000000000'
const agent = makeAgent()
let vendor: InterviewFlowSandbox

beforeAll(async () => {
  vendor = await startInterviewFlowSandbox()
})
afterAll(async () => {
  await agent.destroy()
  await vendor.close()
})

async function statuses(
  interviewers: readonly string[],
  { apiKey = vendor.apiKey, baseUrl = vendor.url } = {},
): Promise<readonly string[]> {
  const asked = interviewers.map(async (one) => {
    return [one, await askVendor({ apiKey, baseUrl, dispatcher: agent }, one)] as const
  })
  return vendorFindings(new Map(await Promise.all(asked))).map(({ status, message }) => `${status}: ${message}`)
}

/** The statuses where another server answers at the vendor's address. */
async function statusesWhere(answer: FakeAnswer): Promise<readonly string[]> {
  const fake = await FakeHttp.start()
  fake.expect('POST /api/external/fetch/candidates', answer)
  try {
    const found = await statuses([sandboxInterviewer], { baseUrl: fake.baseUrl })
    fake.assertDone()
    return found
  } finally {
    await fake.close()
  }
}

describe('InterviewFlowAI', () => {
  test('that knows every interviewer passes, and nothing has been created', async () => {
    expect(await statuses([sandboxInterviewer])).toEqual(['pass: key accepted; 1 of 1 interviewers known'])
    expect(vendor.interviews()).toEqual([])
  })

  test('that refuses the key fails, once for all interviewers', async () => {
    expect(await statuses([sandboxInterviewer, stranger], { apiKey: 'wrong' })).toEqual([
      'fail: InterviewFlowAI refuses the key (401)',
    ])
  })

  test('that does not know an interviewer fails with its id', async () => {
    expect(await statuses([sandboxInterviewer, stranger])).toEqual([
      'pass: key accepted; 1 of 2 interviewers known',
      `fail: InterviewFlowAI knows no interviewer ${stranger}`,
    ])
  })

  test('without read-back is warned of, since that may also be a wrong interviewer, and the key is not said to be taken', async () => {
    vendor.configure({ readBack: 'off' })
    const found = await statuses([sandboxInterviewer])
    vendor.configure({ readBack: 'list' })
    expect(found).toEqual([
      expect.stringMatching(/^warn: InterviewFlowAI answers 404 .*, the account has no read-back/),
    ])
  })

  test.each<[string, number, string]>([
    ['a wrong path', 404, ''],
    ['a page that takes no POST', 405, '<h1>Not allowed</h1>'],
    ['a website', 200, '<!doctype html>'],
    ['another API', 200, '{"status":"ok"}'],
    ['a redirect', 301, ''],
  ])('is not said to take the key where its address leads to %s', async (_, status, text) => {
    expect(await statusesWhere({ status, text })).toEqual([
      `fail: no API of InterviewFlowAI answers at INTERVIEWFLOW_BASE_URL (${status})`,
    ])
  })

  test('that refuses what the body holds has taken the key', async () => {
    expect(await statusesWhere({ status: 422, json: { message: 'limit must be at least 10' } })).toEqual([
      'pass: key accepted; 0 of 1 interviewers known',
      expect.stringMatching(/^warn: InterviewFlowAI answers 422/),
    ])
  })

  test('that does not answer fails', async () => {
    vendor.fault({ kind: 'error-request', status: 503, operation: 'read-back' })
    expect(await statuses([sandboxInterviewer])).toEqual([expect.stringMatching(/^fail: .*it answered 503/)])
  })
})
