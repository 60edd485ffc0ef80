/**
 * The read-back call: an interviewer's interviews, newest first, page by page.
 * Documented: `interviewerId`, `page`, `limit`, `interviewId`, and filters on additional fields by their names. The
 * answer's shape is not, so it can be set; the upper limit of 100 a page is ours.
 * @see interviewflow.md section 2
 */
import { z } from 'zod'
import { type Answer, type Call, jsonObject, Refusal } from '../call.ts'
import type { InterviewStore, SandboxInterview } from './interviews.ts'

const request = z
  .object({
    interviewerId: z.uuid(),
    interviewId: z.uuid().optional(),
    page: z.int().min(1).default(1),
    limit: z.int().min(1).max(100).default(10),
  })
  .catchall(z.union([z.string(), z.number(), z.boolean()]))

interface Shape {
  readonly readBack: 'list' | 'wrapped' | 'off' | 'empty'
  readonly readBackLinks: boolean
}

/** @throws Refusal 400 not as documented, 404 switched off or no such interviewer */
export function readBack(call: Call, store: InterviewStore, shape: Shape): Answer {
  if (shape.readBack === 'off') throw new Refusal(404, { code: 404, message: 'Not Found' })
  const parsed = request.safeParse(jsonObject(call))
  if (!parsed.success) throw new Refusal(400, { code: 400, message: z.prettifyError(parsed.error) })
  const { interviewerId, interviewId, page, limit, ...filters } = parsed.data
  const unknown = Object.keys(filters).find((name) => !store.additionalFields.includes(name))
  if (unknown !== undefined) throw new Refusal(400, { code: 400, message: `unknown field ${unknown}` })
  if (store.findInterviewer(interviewerId) === undefined) {
    throw new Refusal(404, { code: 404, message: 'Interviewer not found' })
  }

  const rows = store
    .all()
    .filter((one) => shape.readBack !== 'empty' && one.interviewer === interviewerId.toLowerCase())
    .filter((one) => interviewId === undefined || one.id === interviewId)
    .filter((one) => Object.entries(filters).every(([name, wanted]) => fits(one.additionalFields[name], wanted)))
    .toReversed()
    .slice((page - 1) * limit, page * limit)
    .map((one) => item(one, shape.readBackLinks))
  return { status: 200, body: { data: shape.readBack === 'wrapped' ? { candidates: rows } : rows, code: 200 } }
}

/** Numbers: at least; everything else: equal. */
function fits(held: unknown, wanted: unknown): boolean {
  return typeof wanted === 'number' ? typeof held === 'number' && held >= wanted : held === wanted
}

function item(interview: SandboxInterview, withLink: boolean): Record<string, unknown> {
  const { id, interviewer, name, email, status, createdAt, additionalFields, interviewLink } = interview
  const shown = { id, jobId: interviewer, name, email, status, createdAt, additionalFields }
  return withLink ? { ...shown, interviewLink } : shown
}
