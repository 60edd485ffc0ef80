import { z } from 'zod'

/** Form of an interviewer's id. */
export const interviewerShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const text = z.string().trim().min(1)

/** An id or a name; ids are often written as numbers. Beyond 2^53 digits would be lost, so a longer one needs quotes. */
const idOrName = z
  .union(
    [
      text,
      z.number().refine(Number.isSafeInteger, { error: 'must be in quotes: it is no whole number, or a long one' }),
    ],
    {
      error: 'must be a name or an id',
    },
  )
  .transform(String)

/** One entry of `routes`. */
export const routeSchema = z.strictObject({
  connection: text.describe('Name of a connection'),
  stage: idOrName.describe('Name (trimmed, upper and lower case equal) or id of the stage'),
  jobs: z.array(idOrName).min(1).optional().describe('Ids or names of jobs; left out: every job'),
  interviewer: z
    .string()
    .trim()
    .regex(interviewerShape, {
      error: 'must be the interviewer’s id from InterviewFlowAI, in the form aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    })
    .describe('The interviewer’s id at InterviewFlowAI'),
  status: z.enum(['shortlisted', 'draft']).optional(),
  sendResume: z.boolean().default(false).describe('Whether the candidate’s resume is offered to InterviewFlowAI'),
  skills: z.array(text).optional(),
  customQuestions: z.array(text).optional(),
  additionalFields: z
    .record(
      z.string().min(1),
      z.union([z.string(), z.number(), z.boolean()], { error: 'must be a text, a number, or true or false' }),
    )
    .optional(),
  applicationIdField: text.optional().describe('Additional field that carries the ATS application id'),
})

/** A name that can stand in the webhook's path. */
const connectionName = z.string().regex(/^[a-z0-9-]+$/, {
  error: 'is not a name for a connection: it becomes a part of the webhook’s address, so a to z, 0 to 9 and "-" only',
})

/** `bridge.yaml` but for the parts that each ATS checks by its own schema (`AtsDefinition.settings`). */
export const documentSchema = z.strictObject({
  connections: z
    .record(connectionName, z.looseObject({ ats: text }))
    .refine((connections) => Object.keys(connections).length > 0, { error: 'must have at least one connection' }),
  routes: z.array(routeSchema).min(1, { error: 'must have at least one route' }),
})

/** A route as the document gives it, before it has an id. */
export type RouteEntry = z.output<typeof routeSchema>
