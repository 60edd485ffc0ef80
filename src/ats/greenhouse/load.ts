import type { Application, Lapsed } from '../../domain/application.ts'
import type { Delivery } from '../../domain/delivery.ts'
import { RetryableError } from '../../domain/errors.ts'
import type { LapsedReason } from '../../domain/reasons.ts'
import { atsProfiles } from '../profiles.ts'
import { firstUsableEmail } from '../usable-email.ts'
import type { HarvestReads } from './reads.ts'
import type { ApplicationRow, CandidateRow } from './schema.ts'
import { customFieldName, type GreenhouseSettings } from './settings.ts'

type CustomFields = ApplicationRow['custom_fields']

/**
 * Reads the application as it is now; the stage is told, not judged. An application that is over, or a person who
 * must not be written to, lapses; name and e-mail are given all the same where there are any.
 * @throws RetryableError `ats-shows-nothing`: we are shown no applications at all
 * @throws RetryableError, PermanentError
 */
export async function loadFromGreenhouse(
  delivery: Delivery,
  reads: HarvestReads,
  settings: GreenhouseSettings,
): Promise<Application | Lapsed> {
  // Greenhouse would refuse the whole call, and with it all the others that share it.
  if (!atsProfiles.greenhouse.isApplicationId(delivery.applicationId)) return { lapsed: 'gone' }
  const row = await reads.application(delivery.applicationId)
  if (!row) {
    if (await reads.showsAnything()) return { lapsed: 'gone' }
    throw new RetryableError('ats-shows-nothing')
  }
  const [candidate, jobName] = await Promise.all([
    reads.candidate(row.candidate_id),
    row.job_id ? reads.jobName(row.job_id) : undefined,
  ])
  if (!candidate) {
    // Two candidates may have become one between the two reads: the application is then the other one's.
    const now = await reads.application(delivery.applicationId)
    const isAnothers = now !== undefined && now.candidate_id !== row.candidate_id
    return isAnothers ? await loadFromGreenhouse(delivery, reads, settings) : { lapsed: 'gone' }
  }
  if (isAnonymized(candidate)) return { lapsed: 'anonymized' }

  const name = nameOf(candidate)
  const email = firstUsableEmail(addressesOf(candidate))
  const over = lapseOf(row, candidate)
  if (email === undefined) return { lapsed: over ?? 'no-email' }
  if (name === '') return { lapsed: over ?? 'no-name' }

  const jobId = row.job_id ?? undefined
  // A job hidden from our key still has the name that the signed webhook gave it.
  const knownJobName = jobName ?? (jobId === delivery.jobId ? delivery.jobName : undefined)
  const application: Application = {
    id: row.id,
    candidateId: candidate.id,
    ...(jobId && { jobId }),
    ...(knownJobName && { jobName: knownJobName }),
    // `stage_id` is no substitute: it is the id of the application's own row, not of the job's stage.
    stageId: row.job_interview_stage_id ?? '',
    stageName: row.stage_name ?? '',
    name,
    email,
    standing: standingOf(row, candidate, settings),
  }
  return over ? { lapsed: over, application } : application
}

/** @see greenhouse.md section 1.7: the full name of an erased person reads as "Anonymized" and the id */
function isAnonymized({ id, first_name: first, last_name: last }: CandidateRow): boolean {
  return first?.trim() === 'Anonymized' && last?.trim() === id
}

function lapseOf({ status }: ApplicationRow, candidate: CandidateRow): LapsedReason | undefined {
  if (candidate.can_email === false) return 'contact-forbidden'
  switch (status) {
    case 'rejected':
    case 'hired':
      return status
    case 'converted':
      return 'gone'
    case 'in_process':
    case 'active':
    case null:
    case undefined:
      return undefined
  }
}

function nameOf({ first_name: first, last_name: last, preferred_name: preferred }: CandidateRow): string {
  const full = [first, last].map((part) => part?.trim() ?? '').filter((part) => part !== '')
  return full.join(' ') || (preferred?.trim() ?? '')
}

/** No address is marked as the main one: a personal one is likelier to reach the person than one at an employer. */
function addressesOf({ email_addresses: entries }: CandidateRow): string[] {
  const isPersonal = (entry: { type?: string | null | undefined }) => entry.type?.trim().toLowerCase() === 'personal'
  const all = entries ?? []
  return [...all.filter(isPersonal), ...all.filter((entry) => !isPersonal(entry))].map(({ value }) => value ?? '')
}

function standingOf(
  row: ApplicationRow,
  candidate: CandidateRow,
  settings: GreenhouseSettings,
): Application['standing'] {
  const standing: Record<string, string> = {}
  for (const { customField } of settings.writeBack) {
    if (!customField) continue
    const fields = customField.on === 'application' ? row.custom_fields : candidate.custom_fields
    const value = fieldValue(fields, customField.key)
    if (value !== undefined) standing[customFieldName(customField)] = value
  }
  return standing
}

function fieldValue(fields: CustomFields, key: string): string | undefined {
  const value = Object.hasOwn(fields, key) ? fields[key]?.value : undefined
  if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) return
  return typeof value === 'string' ? value : JSON.stringify(value)
}
