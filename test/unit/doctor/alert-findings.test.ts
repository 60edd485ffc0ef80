import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { alertFindings } from '../../../src/doctor/alert-findings.ts'
import { makeAgent } from '../../../src/http/agent.ts'
import { type AlertReceiver, startAlertReceiver } from '../../support/alert-receiver.ts'
import { collect } from '../../support/collect.ts'

const agent = makeAgent()
let receiver: AlertReceiver

beforeAll(async () => {
  receiver = await startAlertReceiver()
})
beforeEach(() => receiver.behave('takes'))
afterAll(async () => {
  await agent.destroy()
  await receiver.close()
})

const find = async (address: string | undefined) => await collect(alertFindings(address, agent))

test('a test message that is taken passes', async () => {
  expect(await find(receiver.url)).toMatchObject([{ status: 'pass' }])
  expect(receiver.texts).toEqual([':white_check_mark: *Test*\nInterview Link Bridge can send its alerts here.'])
  expect(receiver.faults).toEqual([])
})

test.each([404, 302])('a receiver that answers %d fails, and its address is not told', async (status) => {
  receiver.behave(status)
  const findings = await find(receiver.url)
  expect(findings).toMatchObject([{ status: 'fail', message: `the receiver of alerts answers ${status}` }])
  expect(JSON.stringify(findings)).not.toContain(receiver.secret)
})

test('an address at which nothing listens fails, and is not told', async () => {
  const gone = await startAlertReceiver()
  await gone.close()
  const findings = await find(gone.url)
  expect(findings).toMatchObject([{ status: 'fail', message: expect.stringContaining('nothing listens there') }])
  expect(JSON.stringify(findings)).not.toContain(gone.secret)
})

test('no address fails', async () => {
  expect(await find(undefined)).toMatchObject([{ status: 'fail' }])
})
