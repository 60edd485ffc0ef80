import { describe, expect, test } from 'vitest'
import { stepWords } from '../../../src/cli/service/timeline-words.ts'

const at = '2026-11-24T12:00:01.250Z'

describe('a step of the timeline in words', () => {
  test.each([
    [{ at, step: 'receive', outcome: 'queued' }, '12:00:01.250  received            queued'],
    [
      { at, step: 'interview', outcome: 'created', durationMs: 41.4 },
      '12:00:01.250  interview           created (41 ms)',
    ],
    [
      { at, step: 'load', outcome: 'failed', reason: 'ats-forbidden' },
      '12:00:01.250  read in the ATS     failed: The ATS does not let our key do this.',
    ],
    [
      { at, step: 'load', outcome: 'moved-on' },
      '12:00:01.250  read in the ATS     When its turn came, the candidate was no longer in the stage.',
    ],
    [
      { at, step: 'write-back', outcome: 'tag:ai-sent written' },
      '12:00:01.250  write-back          tag:ai-sent written',
    ],
  ])('%j', (step, expected) => {
    expect(stepWords(step)).toBe(expected)
  })
})
