import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vendorFindings } from '../../../src/doctor/vendor-findings.ts'
import { makeAgent } from '../../../src/http/agent.ts'
import { askVendor } from '../../../src/interview/inspect.ts'
import {
  type InterviewFlowSandbox,
  sandboxInterviewer,
  startInterviewFlowSandbox,
} from '../../../src/sandbox/interviewflow.ts'

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

async function statuses(interviewers: readonly string[], apiKey = vendor.apiKey): Promise<readonly string[]> {
  const asked = interviewers.map(async (one) => {
    return [one, await askVendor({ apiKey, baseUrl: vendor.url, dispatcher: agent }, one)] as const
  })
  return vendorFindings(new Map(await Promise.all(asked))).map(({ status, message }) => `${status}: ${message}`)
}

describe('InterviewFlowAI', () => {
  test('that knows every interviewer passes, and nothing has been created', async () => {
    expect(await statuses([sandboxInterviewer])).toEqual(['pass: key accepted; 1 of 1 interviewers known'])
    expect(vendor.interviews()).toEqual([])
  })

  test('that refuses the key fails, once for all interviewers', async () => {
    expect(await statuses([sandboxInterviewer, stranger], 'wrong')).toEqual([
      'fail: InterviewFlowAI refuses the key (401)',
    ])
  })

  test('that does not know an interviewer fails with its id', async () => {
    expect(await statuses([sandboxInterviewer, stranger])).toEqual([
      'pass: key accepted; 1 of 2 interviewers known',
      `fail: InterviewFlowAI knows no interviewer ${stranger}`,
    ])
  })

  test('without read-back is warned of, since that may also be a wrong interviewer', async () => {
    vendor.configure({ readBack: 'off' })
    const found = await statuses([sandboxInterviewer])
    vendor.configure({ readBack: 'list' })
    expect(found[1]).toMatch(/^warn: InterviewFlowAI answers 404 .* or the account has no read-back/)
  })

  test('that does not answer fails', async () => {
    vendor.fault({ kind: 'error-request', status: 503, operation: 'read-back' })
    expect(await statuses([sandboxInterviewer])).toEqual([expect.stringMatching(/^fail: .*it answered 503/)])
  })
})
