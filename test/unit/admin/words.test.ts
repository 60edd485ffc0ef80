import { expect, test } from 'vitest'
import { atsOf, explained, explainedWebhook, tell } from '../../../src/admin/words.ts'

const connections = [{ name: 'berlin', ats: 'greenhouse' }]

test('a sentence names the ATS of its connection', () => {
  expect(explained('ats-unavailable', atsOf('berlin', { connections })).happened).toMatch(
    /^Greenhouse does not answer\./,
  )
})

test('of a connection that is no longer in bridge.yaml a sentence is whole, and takes no name for that of an ATS', () => {
  const ats = atsOf('left-behind', { connections })
  expect(explained('ats-unavailable', ats).happened).toMatch(/^The ATS does not answer\./)
  expect(explainedWebhook('ping', ats).happened).toBe('The ATS tested the connection.')
})

test('a stage’s name stands in the history as it is, and a move that the sweep found is not said to be told', () => {
  const received = { at: 0, step: 'receive', outcome: 'queued' } as const
  expect(tell(received, { ats: 'greenhouse', stage: "Offer $& $' {ATS}" })).toBe(
    "Moved to Offer $& $' {ATS} in Greenhouse. Put in line.",
  )
})
