import { describe, expect, it } from 'vitest'
import { holdsLink, noteText } from '../../../src/ats/note-text.ts'

const link = 'https://app.interviewflowai.com/form?interviewId=1&lang=de'

describe('noteText', () => {
  it('says what it is, the link on its own line, the job, and that nobody was mailed', () => {
    expect(noteText({ link, jobName: 'Designer' }).split('\n')).toEqual([
      'AI interview link for this candidate (InterviewFlowAI):',
      link,
      'Job: Designer',
      'The candidate has not been mailed by this service.',
    ])
  })
  it.each([undefined, '', ' \n '])('has no line for a job without a name (%j)', (jobName) => {
    expect(noteText({ link, jobName }).split('\n')).toHaveLength(3)
  })
  it('keeps a job name from posing as another line, and from growing', () => {
    const lines = noteText({ link, jobName: `A\u2028B\u202e\r\nC ${'é'.repeat(500)}` }).split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[2]).toMatch(/^Job: A B C é+$/)
    expect(lines[2]?.length).toBeLessThanOrEqual(125)
  })
  it('holds no @ even where the link has one', () => {
    const odd = 'https://app.interviewflowai.com/form?for=@all'
    const text = noteText({ link: odd, jobName: 'Work @home' })
    expect(text).not.toContain('@')
    expect(holdsLink(text, odd)).toBe(true)
  })
})

describe('holdsLink', () => {
  it.each([link, `see ${link} there`, `<a href="${link}">x</a>`, link.replace('&', '&amp;')])(
    'finds it in %j',
    (text) => {
      expect(holdsLink(text, link)).toBe(true)
    },
  )
  it.each(['', 'nothing', `${link}2`, link.slice(0, -1)])('does not find it in %j', (text) => {
    expect(holdsLink(text, link)).toBe(false)
  })
})
