import { afterEach, describe, expect, test } from 'vitest'
import { startGreenhouseSandbox } from '../../../src/sandbox/greenhouse.ts'
import { sandboxInterviewer, startInterviewFlowSandbox } from '../../../src/sandbox/interviewflow.ts'
import { startLeverSandbox } from '../../../src/sandbox/lever.ts'
import { call, receiver } from './http.ts'

const open: { close(): unknown }[] = []
const keep = <T extends { close(): unknown }>(server: T): T => {
  open.push(server)
  return server
}
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

describe('the control API of a sandbox', () => {
  test('adds and moves a Greenhouse candidate and sends the webhook', async () => {
    const sandbox = keep(await startGreenhouseSandbox())
    const target = keep(await receiver(200))
    const steer = (name: string, json: unknown) => call(`${sandbox.url}/_sandbox/${name}`, { json })
    const given = { firstName: 'Amara', lastName: 'Quillfeather', email: 'amara@example.com', job: 'Designer' }
    const { applicationId } = (await steer('add-candidate', given)).body
    const webhook = (await steer('move', { applicationId, stage: 'AI Interview' })).body
    const sent = await steer('send-webhook', { url: target.url, webhook })
    expect(sent.body).toMatchObject({ status: 200, accepted: true })
    expect(JSON.parse(String(target.received[0]?.body))).toEqual(webhook)
    expect((await steer('written', { applicationId })).body).toEqual({ notes: [], field: null })
  })

  test('adds and moves a Lever opportunity and sends the webhook', async () => {
    const sandbox = keep(await startLeverSandbox())
    const target = keep(await receiver(200))
    const steer = (name: string, json: unknown) => call(`${sandbox.url}/_sandbox/${name}`, { json })
    const { opportunityId } = (await steer('add-opportunity', { name: 'Amara', posting: 'Designer' })).body
    const webhook = (await steer('move', { opportunityId, stage: 'AI Interview' })).body
    await steer('send-webhook', { url: target.url, webhook })
    expect(JSON.parse(String(target.received[0]?.body))).toMatchObject(webhook)
    expect((await steer('written', { opportunityId })).body).toEqual({ notes: [], links: [], tags: [] })
  })

  test('lists calls, sets and clears faults, changes settings and forgets', async () => {
    const vendor = keep(await startInterviewFlowSandbox())
    const steer = (name: string, options: Parameters<typeof call>[1]) => call(`${vendor.url}/_sandbox/${name}`, options)
    const headers = { 'x-api-key': vendor.apiKey }
    const read = () =>
      call(`${vendor.url}/api/external/fetch/candidates`, { json: { interviewerId: sandboxInterviewer }, headers })
    await steer('add-interview', { json: { interviewer: sandboxInterviewer, name: 'A', email: 'a@example.com' } })
    await steer('faults', { json: { kind: 'error-request', times: 2 } })
    expect((await read()).status).toBe(500)
    await steer('faults', { method: 'DELETE' })
    await steer('settings', { json: { readBack: 'wrapped' } })
    expect((await read()).body.data.candidates).toHaveLength(1)
    expect((await steer('calls', {})).body.calls).toMatchObject([{ status: 500 }, { status: 200 }])
    await steer('reset', { method: 'POST' })
    expect([vendor.calls, vendor.interviews()]).toEqual([[], []])
  })

  test('refuses what it does not know, and says why', async () => {
    const sandbox = keep(await startGreenhouseSandbox())
    const steer = (name: string, json: unknown) => call(`${sandbox.url}/_sandbox/${name}`, { json })
    expect((await steer('explode', {})).status).toBe(404)
    const unknownFault = await steer('faults', { kind: 'flood' })
    expect([unknownFault.status, unknownFault.body.error.message]).toEqual([400, expect.stringContaining('kind')])
    const noSuch = await steer('move', { applicationId: 1, stage: 'AI Interview' })
    expect([noSuch.status, noSuch.body.error.message]).toEqual([400, 'no application 1'])
  })
})
