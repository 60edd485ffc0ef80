import type { ZodType } from 'zod'
import type { Erasure } from '../../domain/erasure.ts'
import type { Ignored, StageChange } from '../../domain/stage-change.ts'
import type { VerifiedWebhook } from '../hmac.ts'
import {
  anonymizedPayload,
  anyApplication,
  deletedPayload,
  mergedPayload,
  stageChangePayload,
  webhookEnvelope,
} from './schema.ts'

function ignore(reason: Ignored['ignored'], payload?: unknown): Ignored {
  const application = anyApplication.safeParse(payload).data?.application
  const candidateId = application?.candidate?.id
  return {
    ignored: reason,
    ...(application && { applicationId: application.id }),
    ...(candidateId !== undefined && { candidateId }),
  }
}

/** The schemas of privacy events by action, each of which gives an erasure. @see greenhouse.md section 1.7 */
const erasures: ReadonlyMap<string, ZodType<Erasure>> = new Map<string, ZodType<Erasure>>([
  ['candidate_anonymized', anonymizedPayload],
  ['delete_candidate', deletedPayload],
  ['merge_candidate', mergedPayload],
])

/**
 * Gives the stage change or the erasure that a webhook tells of. The payload holds no time of the change and no previous stage, so
 * the application's last activity tells two moves into the same stage apart.
 * @see greenhouse.md sections 1.6 to 1.8 (vendor's webhooks/_candidate_events, read 2026-11-23)
 */
export function normalizeGreenhouse({ content }: VerifiedWebhook): StageChange | Erasure | Ignored {
  const envelope = webhookEnvelope.safeParse(content.kind === 'json' ? content.json : undefined)
  if (!envelope.success) return ignore('malformed')
  const { action, payload } = envelope.data
  if (action === 'ping') return ignore('ping')
  const erasure = erasures.get(action)
  if (erasure) return erasure.safeParse(payload).data ?? ignore('malformed')
  if (action !== 'candidate_stage_change') return ignore('other-event', payload)

  const parsed = stageChangePayload.safeParse(payload)
  if (!parsed.success) return ignore('malformed', payload)
  const { application } = parsed.data
  const { current_stage: stage, jobs } = application
  if (application.prospect === true || !stage) return ignore('prospect', payload)

  const job = jobs?.[0]
  return {
    applicationId: application.id,
    candidateId: application.candidate.id,
    stageId: stage.id,
    stageName: stage.name || undefined,
    jobId: job?.id,
    jobName: job?.name || undefined,
    mark: application.last_activity_at ?? application.applied_at ?? '',
  }
}
