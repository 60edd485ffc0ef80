import type { Erasure } from '../../domain/erasure.ts'
import type { Ignored, StageChange } from '../../domain/stage-change.ts'
import type { VerifiedWebhook } from '../hmac.ts'
import { anyOpportunity, stageChangeData, webhookEnvelope } from './schema.ts'

function ignore(reason: Ignored['ignored'], data?: unknown): Ignored {
  const known = anyOpportunity.safeParse(data).data
  return {
    ignored: reason,
    ...(known && { applicationId: known.opportunityId }),
    ...(known?.contactId !== undefined && { candidateId: known.contactId }),
  }
}

/**
 * Gives the stage change or the erasure that a webhook tells of. It holds ids only, and no posting.
 * @param stageName the stage's name, where it is known
 * @see lever.md sections 1.4 and 1.5 (vendor's documentation "Webhooks", read 2026-11-23)
 */
export function normalizeLever(
  { content }: VerifiedWebhook,
  stageName: (stageId: string) => string | undefined,
): StageChange | Erasure | Ignored {
  const envelope = webhookEnvelope.safeParse(content.kind === 'json' ? content.json : undefined)
  if (!envelope.success) return ignore('malformed')
  const { event, triggeredAt, data } = envelope.data
  // The connection test has no data, whatever event it names.
  if (Object.keys(data).length === 0) return ignore('ping')
  if (event === 'candidateDeleted') {
    // What is deleted is the opportunity: the contact can have others.
    const deleted = anyOpportunity.safeParse(data)
    return deleted.success ? { erased: { applicationId: deleted.data.opportunityId } } : ignore('malformed')
  }
  if (event !== 'candidateStageChange') return ignore('other-event', data)

  const parsed = stageChangeData.safeParse(data)
  if (!parsed.success) return ignore('malformed', data)
  const { opportunityId, contactId, toStageId } = parsed.data
  return {
    applicationId: opportunityId,
    candidateId: contactId ?? opportunityId,
    stageId: toStageId,
    stageName: stageName(toStageId) || undefined,
    mark: String(triggeredAt),
  }
}
