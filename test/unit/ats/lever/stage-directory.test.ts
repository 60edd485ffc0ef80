import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LeverClient } from '../../../../src/ats/lever/client.ts'
import { leverSettings } from '../../../../src/ats/lever/settings.ts'
import { StageDirectory } from '../../../../src/ats/lever/stage-directory.ts'
import { atsTools } from '../../../support/ats-tools.ts'
import { FakeHttp } from '../../../support/fake-http.ts'

const MINUTE = 60_000
let fake: FakeHttp
let clock: number
beforeEach(async () => {
  fake = await FakeHttp.start()
  clock = Date.parse('2026-11-23T12:00:00Z')
})
afterEach(async () => {
  await fake.close()
  fake.assertDone()
})

function directory(tools = atsTools({ now: () => clock })) {
  const settings = leverSettings.parse({ signingTokens: ['s'], apiKey: 'k', baseUrl: fake.baseUrl })
  return new StageDirectory(new LeverClient(settings, tools), tools)
}
const stages = (...rows: [string, string][]) => ({ json: { data: rows.map(([id, text]) => ({ id, text })) } })
const reads = () => fake.seen('GET /v1/stages').length

it('an unknown name is read in the background, by one call for all who ask', async () => {
  fake.expect('GET /v1/stages', stages(['stage-1', 'AI Interview'], ['offer', 'Offer']))
  const one = directory()
  expect([one.nameOf('stage-1'), one.nameOf('offer')]).toEqual([undefined, undefined])
  await expect.poll(() => one.nameOf('stage-1')).toBe('AI Interview')
  expect(one.nameOf('offer')).toBe('Offer')
})

it('all pages are read, with the offset as it was given', async () => {
  fake.expect('GET /v1/stages', { json: { data: [], hasNext: true, next: '%5B1%5D' } })
  fake.expect('GET /v1/stages', stages(['stage-1', 'AI Interview']))
  const one = directory()
  one.nameOf('stage-1')
  await expect.poll(() => one.nameOf('stage-1')).toBe('AI Interview')
  expect(fake.calls[1]?.query.get('offset')).toBe('%5B1%5D')
})

it('a stage that is not in the list is asked for at most once a minute', async () => {
  fake.expect('GET /v1/stages', stages(['stage-1', 'AI Interview']))
  const one = directory()
  one.nameOf('other')
  await expect.poll(() => one.nameOf('stage-1')).toBe('AI Interview')
  clock += MINUTE - 1
  expect(one.nameOf('other')).toBeUndefined()
  clock += 1
  fake.expect('GET /v1/stages', stages(['stage-1', 'AI Interview'], ['other', 'New one']))
  one.nameOf('other')
  await expect.poll(() => one.nameOf('other')).toBe('New one')
})

it('a renamed stage gets its new name, and an old name is not given for long', async () => {
  fake.expect('GET /v1/stages', stages(['stage-1', 'Screen']))
  const one = directory()
  one.nameOf('stage-1')
  await expect.poll(() => one.nameOf('stage-1')).toBe('Screen')
  clock += 5 * MINUTE
  fake.expect('GET /v1/stages', stages(['stage-1', 'AI Interview']))
  expect(one.nameOf('stage-1')).toBeUndefined()
  await expect.poll(() => one.nameOf('stage-1')).toBe('AI Interview')
  clock += MINUTE
  fake.expect('GET /v1/stages', stages(['stage-1', 'AI Talk']))
  expect(one.nameOf('stage-1')).toBe('AI Interview')
  await expect.poll(() => one.nameOf('stage-1')).toBe('AI Talk')
})

it('a failing read is logged without what was answered, and tried again a minute later', async () => {
  const tools = atsTools({ now: () => clock })
  const warn = vi.spyOn(tools.log, 'warn')
  const one = directory(tools)
  fake.expect('GET /v1/stages', { status: 500, text: 'Robin Sample' })
  one.nameOf('stage-1')
  await expect.poll(() => warn.mock.calls).toEqual([[{ connection: 'acme' }, 'stage names could not be read']])
  one.nameOf('stage-1')
  clock += MINUTE
  fake.expect('GET /v1/stages', stages(['stage-1', 'AI Interview']))
  one.nameOf('stage-1')
  await expect.poll(() => one.nameOf('stage-1')).toBe('AI Interview')
  expect(reads()).toBe(2)
})
