import type { AtsAdapter } from '../ats/adapter.ts'
import type { Application, Lapsed } from '../domain/application.ts'
import type { Route } from '../domain/connection.ts'
import type { Delivery } from '../domain/delivery.ts'
import { LapsedError, PermanentError, RetryableError } from '../domain/errors.ts'
import type { DeliveredReason, LapsedReason } from '../domain/reasons.ts'
import type { PersonKey, WriteBackEntry } from '../ledger/ledger.ts'
import { subjectOf } from '../ledger/person-key.ts'
import type { OfferResume } from '../resume/offer-resume.ts'
import { matchJob, matchStage } from '../route/match-routes.ts'
import type { Lease } from '../store/store.ts'
import type { Attempt } from './attempt.ts'
import { type InterviewTools, obtainInterview } from './obtain-interview.ts'
import type { ProveWrite } from './prove-write.ts'
import { isWritten, suspectWrites, writeBack } from './write-back.ts'

export interface DeliverTools extends InterviewTools {
  readonly routes: ReadonlyMap<string, Route>
  readonly adapters: ReadonlyMap<string, AtsAdapter>
  readonly offerResume: OfferResume
  readonly proveWrite: ProveWrite
}

/** Attempts in which what the ATS does not show is looked for: its lists may be late, or empty by mistake. */
const LOOKS = 3

/** Whether the route covers a job that is hidden from our key cannot be told: somebody has to be. */
const JOB_HIDDEN = 'ats-forbidden'

/** Lapses of people whose interview, if it exists, is still written back: it is theirs and can be used. */
const finishable: ReadonlySet<LapsedReason> = new Set(['moved-on', 'rejected', 'hired', 'archived'])

/**
 * Steps 5 to 7 of the line: load → interview → write back. Brings the ATS to the wanted state from whatever an earlier
 * attempt left: every step looks at the ledger first, so running it again, or twice, makes nothing twice.
 * @param lease on the application
 * @throws LapsedError, PermanentError, RetryableError, StoreUnavailableError; anything else is a bug
 */
export async function deliver(
  delivery: Delivery,
  attempt: Attempt,
  lease: Lease,
  tools: DeliverTools,
): Promise<DeliveredReason> {
  const route = tools.routes.get(delivery.routeId)
  const adapter = tools.adapters.get(delivery.connection)
  // A replica with an older bridge.yaml may have taken it up, while they are being replaced one by one.
  if (!route || !adapter) throw new RetryableError('route-unknown', { isAttempt: false })

  const key = { connection: delivery.connection, applicationId: delivery.applicationId, routeId: route.id }
  const [hashKey, storeRun] = await Promise.all([tools.ledger.hashKey(), tools.ledger.storeRun()])
  const created = `${CREATED} ${storeRun}`
  const told = subjectOf(hashKey, delivery)
  const loading = attempt.step('load', async () => {
    await adapter.begin?.()
    const loaded = judge(await adapter.load(delivery), delivery, route)
    attempt.learned = { ...attempt.learned, ...learnedFrom(loaded.application) }
    const isNotShown = loaded.isJobHidden || (loaded.lapsed === 'gone' && !loaded.application)
    if (isNotShown && attempt.number < LOOKS) throw new RetryableError('not-shown')
    return { value: loaded, outcome: loaded.isJobHidden ? JOB_HIDDEN : (loaded.lapsed ?? 'active') }
  })
  // For somebody erased the load is not waited for, however it ends.
  loading.catch(() => undefined)
  const { life, memory } = await tools.ledger.findWriteBack(told, key)
  if (life === 'erased') throw new LapsedError('anonymized')
  const { application, lapsed, isJobHidden } = await loading
  if (lapsed === 'anonymized') {
    await tools.ledger.erase(told.application)
    throw new LapsedError(lapsed)
  }
  if (lapsed && isWritten(adapter, memory) && !mayFinish(lapsed, memory)) return 'already-written'
  if (isJobHidden) throw new PermanentError(JOB_HIDDEN)
  if (!application || (lapsed && !mayFinish(lapsed, memory))) throw new LapsedError(lapsed ?? 'gone')

  const { candidateId } = application
  const whose = candidateId === delivery.candidateId ? told : subjectOf(hashKey, { ...delivery, candidateId })
  const { interview, standing } = await attempt.step('interview', async () => {
    const resumeUrl = async () => {
      if (!route.sendResume) return undefined
      const offer = await tools.offerResume(delivery, adapter.resumes, attempt.number)
      attempt.note('interview', 'url' in offer ? 'with-resume' : `without-resume ${offer.without}`)
      return 'url' in offer ? offer.url : undefined
    }
    const learn = (person: PersonKey) => {
      attempt.learned = { ...attempt.learned, person }
    }
    const marks = { begun: { key, target: BEGUN }, made: { key, target: created } }
    const given = { delivery, route, application, whose, lease, ...marks, lapsed, resumeUrl, awaitsLink: learn }
    const obtained = await obtainInterview(given, tools)
    learn(obtained.person)
    const { interview, outcome } = obtained
    if (outcome !== 'reused') await attempt.advanced()
    // Made for another application of the person, or for this one before the store lost all or the last of its
    // memory: then a note of ours may stand there that we know nothing of.
    const isSuspect = outcome !== 'created' && !memory.has(created)
    const standing = isSuspect ? await suspectWrites(adapter, memory, whose, key, tools.ledger) : memory
    return { value: { interview, standing }, outcome }
  })

  return await attempt.step('write-back', async () => {
    const reason = await writeBack(adapter, application, interview, key, standing, {
      ...{ ledger: tools.ledger, proveWrite: tools.proveWrite, whose, now: tools.now },
      assertUnchanged: async () => await assertUnchanged(application, delivery, adapter),
      lease,
      note: (outcome) => attempt.note('write-back', outcome),
      advanced: attempt.advanced,
    })
    // Nobody is to make room for the link of somebody who is not to be interviewed any more.
    if (!reason) throw lapsed ? new LapsedError(lapsed) : new PermanentError('left-alone')
    return { value: reason, outcome: reason }
  })
}

/** Name under which the write-back memory holds that an interview was asked for, or found, for this very application. */
const BEGUN = 'interview'
/** The same for: its interview was made by a delivery of this very application, in the run of the store that follows. */
const CREATED = 'created'

async function assertUnchanged({ candidateId }: Application, delivery: Delivery, adapter: AtsAdapter): Promise<void> {
  const loaded = await adapter.load(delivery)
  const isLapsed = 'lapsed' in loaded
  if (isLapsed && (loaded.lapsed === 'gone' || loaded.lapsed === 'anonymized')) throw new LapsedError(loaded.lapsed)
  const now = isLapsed ? loaded.application : loaded
  if (now && now.candidateId !== candidateId) throw new RetryableError('candidate-merged', { isAttempt: false })
}

function mayFinish(lapsed: LapsedReason, memory: WriteBackEntry): boolean {
  return finishable.has(lapsed) && memory.has(BEGUN)
}

/** The application as loaded, judged by the route: the webhook's word on stage and job does not count. */
function judge(
  loaded: Application | Lapsed,
  delivery: Delivery,
  route: Route,
): { application?: Application; lapsed?: LapsedReason; isJobHidden?: boolean } {
  if ('lapsed' in loaded) return loaded
  if (matchStage(route, loaded) !== 'yes') {
    return { application: loaded, lapsed: loaded.stageId === delivery.stageId ? 'other-stage' : 'moved-on' }
  }
  const match = matchJob(route, loaded)
  if (match === 'yes') return { application: loaded }
  return { application: loaded, lapsed: 'other-job', isJobHidden: match === 'unknown' && loaded.jobId !== undefined }
}

function learnedFrom(application: Application | undefined): Attempt['learned'] {
  if (!application) return {}
  const { candidateId, jobId, jobName, stageName } = application
  return { candidateId, ...(jobId && { jobId }), ...(jobName && { jobName }), ...(stageName && { stageName }) }
}
