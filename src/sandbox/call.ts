/** What every sandbox server is made of: calls, answers, refusals and operations. Follows no outside document. */
import type { Fault } from './faults.ts'

/** One call as an operation sees it. */
export interface Call {
  readonly method: string
  /** Path with query, as sent. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  /** What the groups of the operation's path matched. */
  readonly params: readonly string[]
  /** Address under which the caller reached the sandbox, e.g. `http://127.0.0.1:4000`. */
  readonly origin: string
  /** A fault of content, which the operation itself has to carry out. */
  readonly fault: Fault | undefined
  /** Headers that the answer will have whatever it is; the guard may add to them. */
  readonly answerHeaders: Record<string, string>
}

/** An answer: JSON unless the body is a Buffer; undefined is an empty body. */
export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown by guards and operations before anything has changed: the call is refused with this answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly answer: Answer

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`refused with ${status}`)
    this.answer = { status, body, headers }
  }
}

/** One call of the outside API. It does its work at once (commits), then returns the answer. */
export interface Operation {
  /** Name in the journal of calls and in faults. */
  readonly name: string
  readonly method: string
  readonly path: RegExp
  /** Whether success changes something: only such calls are recorded as committed. */
  readonly writes?: boolean
  /** @throws Refusal */
  handle(call: Call): Answer
}

/** One call in the journal. */
export interface RecordedCall {
  /** Epoch milliseconds of arrival. */
  readonly at: number
  readonly method: string
  /** Path with query, as sent. */
  readonly path: string
  /** Names of the headers it came with, in lower case. */
  readonly headerNames: readonly string[]
  /** Name of the operation; `unexpected` where the sandbox has none for this path and method. */
  readonly operation: string
  /** Absent while no answer was sent; stays absent when the connection was dropped. */
  readonly status?: number
  /** Whether the call changed something, answered or not. */
  readonly committed: boolean
  /** JSON as sent, or the fields of a form. */
  readonly requestBody?: unknown
  /** Kind of the fault that hit it. */
  readonly fault?: string
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const formType = 'application/x-www-form-urlencoded'
const typeOf = (call: Pick<Call, 'headers'>): string => String(call.headers['content-type'] ?? '')

/** The call's body as JSON or form fields, undefined where it is neither. */
export function bodyOf(call: Pick<Call, 'headers' | 'body'>): unknown {
  const text = call.body.toString('utf8')
  const type = typeOf(call)
  if (text === '') return undefined
  if (type.startsWith(formType)) return Object.fromEntries(new URLSearchParams(text))
  return type.startsWith('application/json') ? parse(text) : undefined
}

/** The body if it is a JSON object sent as such, else undefined. */
export function jsonObject(call: Call): Record<string, unknown> | undefined {
  const isJson = typeOf(call).startsWith('application/json')
  const body = isJson ? bodyOf(call) : undefined
  return isRecord(body) ? body : undefined
}

/** The fields of a form, else undefined. */
export function formFields(call: Call): Readonly<Record<string, unknown>> | undefined {
  const body = typeOf(call).startsWith(formType) ? bodyOf(call) : undefined
  return isRecord(body) ? body : undefined
}

/** Whether a value is a plain object as JSON has them. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** User and password of an HTTP Basic header, undefined where there is none. */
export function basicCredentials(call: Call): { user: string; password: string } | undefined {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(String(call.headers['authorization'] ?? ''))
  if (match?.[1] === undefined) return undefined
  const [user = '', ...rest] = Buffer.from(match[1], 'base64').toString('utf8').split(':')
  return { user, password: rest.join(':') }
}
