/**
 * The ingest call: checks the request as the vendor documents it, refuses duplicates, makes the interview.
 * Status and body of refusals are not documented: `{code, message}` is the likely form.
 * @see interviewflow.md section 1
 */
import { z } from 'zod'
import { type Answer, type Call, jsonObject, Refusal } from '../call.ts'
import type { InterviewStore } from './interviews.ts'

const request = z.strictObject({
  name: z.string().refine((name) => name.trim() !== '', 'name must not be blank'),
  email: z.email(),
  jobId: z.uuid(),
  status: z.enum(['shortlisted', 'draft']).optional(),
  resumeUrl: z.url({ protocol: /^https?$/ }).optional(),
  skills: z.array(z.string()).optional(),
  customQuestions: z.array(z.string()).optional(),
  additionalFields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
})

const refuse = (status: number, message: string) => new Refusal(status, { code: status, message })

/** @throws Refusal 400 not as documented, 404 no such interviewer, and the duplicate's status */
export function createInterview(call: Call, store: InterviewStore, duplicateStatus: number): Answer {
  const parsed = request.safeParse(jsonObject(call))
  if (!parsed.success) throw refuse(400, z.prettifyError(parsed.error))
  const { jobId, additionalFields = {}, metadata = {}, ...candidate } = parsed.data
  const unknown = Object.keys(additionalFields).find((name) => !store.additionalFields.includes(name))
  if (unknown !== undefined) throw refuse(400, `additional field ${unknown} does not exist in this account`)
  if (store.findInterviewer(jobId) === undefined) throw refuse(404, 'Interviewer not found')
  if (store.find(jobId, candidate.email) !== undefined) {
    throw refuse(duplicateStatus, 'Candidate already has an interview for this Interviewer')
  }

  const interview = store.add({ interviewer: jobId, additionalFields, metadata, ...candidate })
  const { id, name, email, status, createdAt } = interview
  const data = { id, jobId, name, email, status, createdAt, ...linkAnswered(call, interview.interviewLink) }
  return { status: 201, body: { data, code: 201, message: 'Interview link created successfully' } }
}

function linkAnswered(call: Call, link: string): { interviewLink?: string } {
  if (call.fault?.kind === 'missing-link') return {}
  if (call.fault?.kind !== 'foreign-link') return { interviewLink: link }
  return { interviewLink: `https://interviews.example.net${new URL(link).pathname}${new URL(link).search}` }
}
