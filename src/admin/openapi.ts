import { type ZodType, z } from 'zod'
import {
  deliveriesAnswer,
  deliveriesQuery,
  errorAnswer,
  forgetAnswer,
  forgetBody,
  linkBody,
  queuedAnswer,
  replayAnswer,
  replayBody,
  shownWithTimeline,
  webhooksAnswer,
  webhooksQuery,
} from './schema.ts'

/** One endpoint of the API. */
export interface Operation {
  readonly method: 'get' | 'post'
  /** With parameters in braces. */
  readonly path: string
  readonly summary: string
  readonly query?: z.ZodObject
  readonly body?: ZodType
  readonly answer: ZodType
}

/** Every endpoint of the API, in the order in which one wants to read about them. */
export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/deliveries',
    summary: 'Deliveries, newest first, and how many there are in each state',
    query: deliveriesQuery,
    answer: deliveriesAnswer,
  },
  {
    method: 'get',
    path: '/api/deliveries/{id}',
    summary: 'One delivery with its timeline',
    answer: shownWithTimeline,
  },
  {
    method: 'post',
    path: '/api/deliveries/{id}/replay',
    summary: 'Try a dead or lapsed delivery again',
    answer: queuedAnswer,
  },
  {
    method: 'post',
    path: '/api/deliveries/replay',
    summary: 'Try many again, 1,000 at most in one call; a dry run says which and changes nothing',
    body: replayBody,
    answer: replayAnswer,
  },
  {
    method: 'post',
    path: '/api/deliveries/{id}/link',
    summary: 'Give the link of an interview that exists and whose link is unknown or expired, and try again',
    body: linkBody,
    answer: queuedAnswer,
  },
  {
    method: 'post',
    path: '/api/candidates/forget',
    summary: 'Erase everything kept about a person; after a 503 to be asked again',
    body: forgetBody,
    answer: forgetAnswer,
  },
  {
    method: 'get',
    path: '/api/webhooks',
    summary: 'Webhooks of the last 7 days that made no delivery: the last 10,000 ignored and 200 refused',
    query: webhooksQuery,
    answer: webhooksAnswer,
  },
]

/** A schema as JSON Schema. @param io whether it is what is sent or what is answered */
export function jsonSchema(schema: ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}

/** The description of the API. @see https://spec.openapis.org/oas/v3.1.1, read 2026-11-24 */
export function openApi(version: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Interview Link Bridge',
      version,
      description: 'What became of every stage change, and what a person can do about it. HTTP Basic, user `admin`.',
    },
    security: [{ basic: [] }],
    paths,
    components: {
      securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
      schemas: { Error: jsonSchema(errorAnswer, 'output') },
    },
  }
}

function describe({ path, summary, query, body, answer }: Operation) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const { properties = {} } = query ? (jsonSchema(query, 'input') as { properties?: Record<string, object> }) : {}
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }))
  const json = (schema: object) => ({ 'application/json': { schema } })
  return {
    summary,
    parameters: [...inPath, ...inQuery],
    ...(body && { requestBody: { required: true, content: json(jsonSchema(body, 'input')) } }),
    responses: {
      200: { description: 'Done', content: json(jsonSchema(answer, 'output')) },
      default: { description: 'Refused', content: json({ $ref: '#/components/schemas/Error' }) },
    },
  }
}
