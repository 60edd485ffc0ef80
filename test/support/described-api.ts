import { expect } from 'vitest'
import { operations } from '../../src/admin/openapi.ts'
import { errorAnswer } from '../../src/admin/schema.ts'
import type { World } from './world.ts'

/** An answer that is what the API's description says of it. */
export interface DescribedAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Calls the admin API and holds every answer against its description: nothing missing, nothing more. */
export function describedApi({ api }: World) {
  const call = async (method: 'get' | 'post', path: string, body?: unknown): Promise<DescribedAnswer> => {
    const answer = method === 'get' ? await api.get(path) : await api.post(path, body)
    const described = answer.status === 200 ? operationOf(method, path).answer : errorAnswer
    expect(described.parse(answer.body)).toEqual(answer.body)
    return { status: answer.status, body: answer.body as DescribedAnswer['body'] }
  }
  return {
    get: async (path: string) => await call('get', path),
    post: async (path: string, body?: unknown) => await call('post', path, body),
  }
}

function operationOf(method: string, path: string) {
  const parts = (path.split('?')[0] ?? '').split('/')
  const fits = (pattern: string) => {
    const wanted = pattern.split('/')
    return wanted.length === parts.length && wanted.every((part, at) => part.startsWith('{') || part === parts[at])
  }
  const found = operations.filter((one) => one.method === method && fits(one.path))
  // `/api/deliveries/replay` is no delivery's id.
  const operation = found.find((one) => !one.path.endsWith('}')) ?? found[0]
  if (!operation) throw new Error(`${method} ${path} is not described`)
  return operation
}

/** A refusal with the code. */
export const refusal = (status: number, code: string) => ({
  status,
  body: { error: { code, message: expect.stringMatching(/.{10}/) } },
})
