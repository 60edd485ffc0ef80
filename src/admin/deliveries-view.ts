import type { Interview } from '../domain/interview.ts'
import type { JournalEntry } from '../journal/journal.ts'
import { type LoggedWebhook, subjectOfWebhook } from '../journal/webhook-log.ts'
import type { Ledger } from '../ledger/ledger.ts'

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())

/** Deliveries as the admin API shows them: times in ISO 8601, the link from the ledger, null for what is not known. */
export async function viewDeliveries(entries: readonly JournalEntry[], ledger: Ledger) {
  const interviews = await ledger.interviewsOf(entries.flatMap(({ person }) => person ?? []))
  return entries.map((entry) => viewDelivery(entry, interviews.get(entry.person ?? '')))
}

function viewDelivery(entry: JournalEntry, interview: Interview | undefined) {
  return {
    id: entry.id,
    state: entry.state,
    reason: entry.reason ?? null,
    connection: entry.connection,
    ats: entry.ats,
    applicationId: entry.applicationId,
    candidateId: entry.candidateId,
    jobId: entry.jobId ?? null,
    jobName: entry.jobName ?? null,
    stageId: entry.stageId,
    stageName: entry.stageName ?? null,
    interviewer: entry.interviewer,
    interviewId: interview?.interviewId ?? null,
    interviewLink: interview?.link ?? null,
    attempts: entry.attempts,
    nextAttemptAt: iso(entry.nextAttemptAt),
    receivedAt: iso(entry.receivedAt),
    updatedAt: iso(entry.updatedAt),
  }
}

/** A webhook that made no delivery, as the admin API shows it. */
export function viewWebhook(webhook: LoggedWebhook) {
  const about = subjectOfWebhook(webhook)
  return {
    id: webhook.id,
    at: new Date(webhook.at).toISOString(),
    connection: webhook.connection,
    outcome: webhook.outcome,
    reason: webhook.reason,
    applicationId: about.applicationId ?? null,
    candidateId: about.candidateId ?? null,
    stage: about.stage ?? null,
    job: about.job ?? null,
  }
}
