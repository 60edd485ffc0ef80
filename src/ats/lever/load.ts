import type { Application, Lapsed } from '../../domain/application.ts'
import type { Delivery } from '../../domain/delivery.ts'
import type { LapsedReason } from '../../domain/reasons.ts'
import { firstUsableEmail } from '../usable-email.ts'
import type { LeverReads } from './reads.ts'
import type { Opportunity } from './schema.ts'
import { type LeverSettings, tagTargetName } from './settings.ts'

/**
 * Reads the opportunity as it is now; the stage is told, not judged. Our candidate is Lever's contact, our application
 * its opportunity, our job the posting of its one application, if it has one.
 * @throws RetryableError, PermanentError
 * @see lever.md sections 3.1 and 3.2 (vendor's documentation "Opportunities", read 2026-11-23)
 */
export async function loadFromLever(
  delivery: Delivery,
  reads: LeverReads,
  settings: LeverSettings,
): Promise<Application | Lapsed> {
  const opportunity = await reads.opportunity(delivery.applicationId)
  if (!opportunity) return { lapsed: 'gone' }
  const { contact, stage } = opportunity
  if (opportunity.isAnonymized === true || contact?.isAnonymized === true) return { lapsed: 'anonymized' }

  const over = lapseOf(opportunity)
  const email = firstUsableEmail([...(opportunity.emails ?? []), ...(contact?.emails ?? [])])
  const name = opportunity.name?.trim() || contact?.name?.trim()
  if (email === undefined) return { lapsed: over ?? 'no-email' }
  if (!name) return { lapsed: over ?? 'no-name' }

  const jobId = opportunity.applications?.[0]?.posting ?? undefined
  const jobName = jobId ? await reads.postingName(jobId) : undefined
  const application: Application = {
    id: opportunity.id,
    candidateId: contact?.id ?? opportunity.id,
    ...(jobId && { jobId }),
    ...(jobName && { jobName }),
    stageId: stage?.id ?? '',
    stageName: stage?.text ?? '',
    name,
    email,
    standing: standingOf(opportunity, settings),
  }
  return over ? { lapsed: over, application } : application
}

function lapseOf(opportunity: Opportunity): LapsedReason | undefined {
  const { archived, archivedAt, contact, dataProtection } = opportunity
  const permissions = [
    dataProtection?.contact,
    contact?.dataProtection?.contact,
    // Undocumented, seen in 2026: consent to interviews being analysed. An AI interview without it is not offered.
    contact?.dataProtection?.interviewIntelligence,
  ]
  if (permissions.some((permission) => permission?.allowed === false)) return 'contact-forbidden'
  const isArchived = (archived ?? undefined) !== undefined || (archivedAt ?? undefined) !== undefined
  return isArchived ? 'archived' : undefined
}

function standingOf({ links, tags }: Opportunity, settings: LeverSettings): Application['standing'] {
  const standing: Record<string, string> = {}
  for (const { link, tag } of settings.writeBack) {
    if (link && links && links.length > 0) standing['link'] = links.join('\n')
    if (tag && tags?.includes(tag.name)) standing[tagTargetName(tag.name)] = tag.name
  }
  return standing
}
