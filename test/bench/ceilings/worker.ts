/**
 * The ceiling of delivering: a bare BullMQ worker with the bridge's queue settings that makes the same HTTP calls, and
 * nothing else: no ledger, no journal, no leases, no budget, no checks. One token for all; applications read in calls of
 * up to 50 ids that gather for 10 ms, their candidates at once, the job's name once; for each delivery one create call
 * and one note. The create call has a connection of its own each time, as the bridge's has: on a kept one that the far
 * side has just closed nobody knows whether it took effect.
 */
import { type Job, Queue, Worker } from 'bullmq'
import DataLoader from 'dataloader'
import { Agent } from 'undici'
import { sandboxInterviewer } from '../../../src/sandbox/interviewflow.ts'
import { parseRedisUrl } from '../../../src/store/redis.ts'
import { programArgument, serveCommands } from '../program.ts'

const { redisUrl, fakesUrl } = programArgument<{ redisUrl: string; fakesUrl: string }>()
const BATCH = 500
const connection = { ...parseRedisUrl(redisUrl), maxRetriesPerRequest: null }
const prefix = '{ceiling}'
const kept = new Agent({ connections: 64 })
const fresh = new Agent({ connections: 64, pipelining: 0 })

async function call<Value>(method: 'GET' | 'POST', path: string, json?: object, agent = kept): Promise<Value> {
  const response = await agent.request({
    origin: fakesUrl,
    path,
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json', authorization: 'Bearer fake-token' },
    body: json === undefined ? null : JSON.stringify(json),
    signal: AbortSignal.timeout(60_000),
  })
  const body = (await response.body.json()) as Value
  if (response.statusCode >= 300) throw new Error(`${path} answered ${response.statusCode}`)
  return body
}

const reader = <Row extends { id: number }>(path: string, windowMs: number) =>
  new DataLoader<number, Row>(
    async (ids) => {
      const rows = await call<Row[]>('GET', `${path}?ids=${ids.join(',')}`)
      const found = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => found.get(id) ?? new Error('gone'))
    },
    { cache: false, maxBatchSize: 50, batchScheduleFn: (dispatch) => setTimeout(dispatch, windowMs) },
  )
const applications = reader<{ id: number; candidate_id: number; job_id: number }>('/v3/applications', 10)
type CandidateRow = { id: number; first_name: string; last_name: string; email_addresses: [{ value: string }] }
const candidates = reader<CandidateRow>('/v3/candidates', 0)
const jobs = new Map<number, Promise<{ name: string }>>()

function jobOf(id: number): Promise<{ name: string }> {
  const known = jobs.get(id) ?? call<[{ name: string }]>('GET', `/v3/jobs?ids=${id}`).then(([job]) => job)
  jobs.set(id, known)
  return known
}

async function deliver({ data }: Job<{ applicationId: number }>): Promise<void> {
  const application = await applications.load(data.applicationId)
  const [candidate, job] = await Promise.all([candidates.load(application.candidate_id), jobOf(application.job_id)])
  const { data: interview } = await call<{ data: { interviewLink: string } }>(
    'POST',
    '/api/external/ingest/candidate',
    {
      jobId: sandboxInterviewer,
      name: `${candidate.first_name} ${candidate.last_name}`,
      email: candidate.email_addresses[0].value,
      metadata: { externalApplicationId: String(application.id) },
    },
    fresh,
  )
  await call('POST', '/v3/notes', {
    candidate_id: application.candidate_id,
    application_id: application.id,
    body: `AI interview for ${job.name}:\n${interview.interviewLink}\nThe candidate has not been mailed.`,
    visibility: 'private',
    note_type: 'NOTE',
  })
}

const queue = new Queue('deliveries', {
  connection,
  prefix,
  defaultJobOptions: {
    attempts: 1_000_000,
    removeOnComplete: true,
    removeOnFail: true,
    stackTraceLimit: 0,
    keepLogs: 0,
  },
})
const worker = new Worker('deliveries', deliver, {
  ...{ connection, prefix, concurrency: 50, lockDuration: 15_000, stalledInterval: 10_000 },
})
await call('POST', '/token')
await worker.waitUntilReady()

serveCommands({
  /** Queues deliveries, `count` of them from application `from` on. */
  async fill({ from, count }: { from: number; count: number }): Promise<void> {
    for (let at = 0; at < count; at += BATCH) {
      const ids = Array.from({ length: Math.min(BATCH, count - at) }, (_, index) => from + at + index)
      await queue.addBulk(
        ids.map((applicationId) => ({
          name: 'deliver',
          data: { applicationId },
          opts: { jobId: `dlv_${applicationId}` },
        })),
      )
    }
  },
})
