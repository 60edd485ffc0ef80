import { closeSync, openSync, writeSync } from 'node:fs'
import { GreenhouseAccount } from '../../src/sandbox/greenhouse/account.ts'
import { applicationPayload } from '../../src/sandbox/greenhouse/payload.ts'
import { signedGreenhouseWebhook } from '../../src/sandbox/sign.ts'

export const WEBHOOK_SECRET = 'bench-webhook-secret'
/** The stage that the route listens to. */
export const STAGE = 'AI Interview'
const OTHER_STAGE = 'Phone Screen'

/** Bodies of one kind: distinct applications, numbered from `from`. */
export interface WebhookSet {
  readonly from: number
  readonly count: number
  readonly kind: 'routed' | 'ignored' | 'forged'
}

/** A stage change as Greenhouse sends it, some 3 kB, in which only the application's and candidate's ids differ. */
function stageChange(stage: string): (index: number) => unknown {
  const account = new GreenhouseAccount(Date.now)
  account.addJob('Designer', [OTHER_STAGE, STAGE])
  const { applicationId } = account.addCandidate({
    firstName: 'Robin',
    lastName: 'Sample',
    email: 'robin.sample@example.com',
    job: 'Designer',
    stage,
  })
  const application = account.application(applicationId)
  const body = applicationPayload(account, application, 'candidate_stage_change', 'https://files.example.com')
  const about = body.payload['application'] as { readonly candidate: object }
  return (index) => ({
    ...body,
    payload: { application: { ...about, id: index, candidate: { ...about.candidate, id: index } } },
  })
}

/**
 * Writes whole HTTP requests, each after its length in four bytes: nothing is left for the sender to make.
 * @returns the file
 */
export function writeWebhooks(file: string, { from, count, kind }: WebhookSet): string {
  const bodyOf = stageChange(kind === 'ignored' ? OTHER_STAGE : STAGE)
  const secret = kind === 'forged' ? 'somebody-elses-secret' : WEBHOOK_SECRET
  return writeRequests(
    file,
    Array.from({ length: count }, (_, index) => {
      const { headers, body } = signedGreenhouseWebhook(bodyOf(from + index), secret)
      return request('POST', '/webhooks/greenhouse', headers, body)
    }),
  )
}

/** Writes requests without a body. @returns the file */
export function writeGets(file: string, paths: readonly string[], headers: Readonly<Record<string, string>>): string {
  return writeRequests(
    file,
    paths.map((path) => request('GET', path, headers, '')),
  )
}

function request(method: string, path: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) }
  const lines = Object.entries({ host: 'bench', ...headers, ...length }).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}

function writeRequests(file: string, requests: readonly Buffer[]): string {
  const handle = openSync(file, 'w')
  for (const bytes of requests) {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    writeSync(handle, length)
    writeSync(handle, bytes)
  }
  closeSync(handle)
  return file
}
