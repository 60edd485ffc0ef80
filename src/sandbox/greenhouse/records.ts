/**
 * The records of Harvest v3 as the sandbox answers them.
 * @see greenhouse.md section 2.4; shapes of fixtures harvest-v3.application.json and harvest-v3.note.json
 */
import type { GreenhouseAccount } from './account.ts'
import type { Application, Attachment, Candidate, CustomField, Job, Note } from './model.ts'

/** A record as it is answered. */
export type Row = { readonly id: number } & Readonly<Record<string, unknown>>

/** A time as the API writes it: ISO 8601, UTC, with milliseconds. */
export const iso = (time: number): string => new Date(time).toISOString()
const isoOrNull = (time: number | null): string | null => (time === null ? null : iso(time))

/** Days for which the address of an attachment can be fetched. */
export const FILE_DAYS = 7

/** Custom fields keyed by name: every field of that kind appears, empty ones as null. */
export function keyedFields(account: GreenhouseAccount, on: CustomField['on'], values: ReadonlyMap<string, unknown>) {
  const fields = account.fields.filter((field) => field.on === on)
  return Object.fromEntries(fields.map(({ key, name, type }) => [key, { name, type, value: values.get(key) ?? null }]))
}

/** An application as `/v3/applications` lists it. */
export function applicationRow(account: GreenhouseAccount, application: Application): Row {
  const { id, candidate, job, current, status } = application
  return {
    id,
    candidate_id: candidate.id,
    job_id: job?.id ?? null,
    job_post_id: null,
    // The application's own row, not the job's stage: a client that confuses the two finds nothing.
    stage_id: current?.id ?? null,
    job_interview_stage_id: current?.stage.id ?? null,
    stage_name: current?.stage.name ?? null,
    status: status === 'active' ? 'in_process' : status,
    prospect: job === undefined,
    prospective_job_ids: [],
    rejected_at: isoOrNull(application.rejectedAt),
    last_activity_at: iso(application.lastActivityAt),
    answers: [],
    custom_fields: keyedFields(account, 'application', application.customFields),
    recruiter_id: null,
    coordinator_id: null,
    source_id: null,
    referrer_id: null,
    needs_decision: false,
    location_address: null,
    agency_note_id: null,
    created_at: iso(application.createdAt),
    updated_at: iso(application.updatedAt),
  }
}

/** A candidate as `/v3/candidates` lists them. */
export function candidateRow(account: GreenhouseAccount, candidate: Candidate): Row {
  return {
    id: candidate.id,
    first_name: candidate.firstName,
    last_name: candidate.lastName,
    preferred_name: null,
    company: null,
    title: null,
    email_addresses: candidate.emails,
    phone_numbers: [],
    addresses: [],
    website_addresses: [],
    social_media_addresses: [],
    tags: [],
    private: candidate.isPrivate,
    can_email: candidate.canEmail,
    linked_user_ids: [],
    time_zone: null,
    custom_fields: keyedFields(account, 'candidate', candidate.customFields),
    last_activity_at: iso(candidate.lastActivityAt),
    created_at: iso(candidate.createdAt),
    updated_at: iso(candidate.updatedAt),
  }
}

/** A job as `/v3/jobs` lists it. */
export function jobRow({ id, name, createdAt }: Job): Row {
  const times = { created_at: iso(createdAt), updated_at: iso(createdAt), opened_at: iso(createdAt), closed_at: null }
  const place = { office_ids: [], department_id: null }
  return { id, name, requisition_id: null, confidential: false, status: 'open', ...place, custom_fields: {}, ...times }
}

/** A job's plan as `/v3/job_interview_stages` lists it. */
export function stageRowsOf(job: Job): Row[] {
  return job.stages.map(({ id, name }, order) => ({ id, job_id: job.id, name, sort_order: order, active: true }))
}

/** An application's rows as `/v3/application_stages` lists them, stages not yet visited included. */
export function applicationStageRows(application: Application): Row[] {
  return application.stageRows.map((row) => ({
    id: row.id,
    application_id: application.id,
    job_interview_stage_id: row.stage.id,
    entered_at: isoOrNull(row.enteredAt),
    exited_at: isoOrNull(row.exitedAt),
    days_in_stage: 0,
    current: row === application.current,
    updated_at: iso(Math.max(application.createdAt, row.enteredAt ?? 0, row.exitedAt ?? 0)),
  }))
}

/** A file as `/v3/attachments` lists it. */
export function attachmentRow(file: Attachment, origin: string, now: number): Row {
  const { id, applicationId, candidateId, filename, type } = file
  const times = { created_at: iso(file.createdAt), updated_at: iso(file.createdAt) }
  const owner = { application_id: applicationId, candidate_id: candidateId }
  return { id, ...owner, filename, type, url: fileUrl(file, origin, now), ...times }
}

/** An address that needs no credentials and is good for seven days, like the signed ones of the real files. */
export function fileUrl({ id, filename }: Attachment, origin: string, now: number): string {
  const expires = Math.floor(now / 1000) + FILE_DAYS * 86_400
  return `${origin}/files/${id}/${encodeURIComponent(filename)}?expires=${expires}`
}

/** A field as `/v3/custom_fields` lists it. */
export function customFieldRow({ id, on, key, name, type }: CustomField): Row {
  return { id, field_type: on, name, name_key: key, value_type: type, private: false, required: false, active: true }
}

/** A note as `/v3/notes` lists it. */
export function noteRow(note: Note): Row {
  const { id, body, subject, type, candidateId, applicationId, userId, createdAt } = note
  // Written as `public`, read as `publicly_visible`.
  const words = { public: 'publicly_visible', private: 'privately_visible', admin_only: 'admin_only_visible' }
  return {
    id,
    body,
    subject,
    type,
    visibility: words[note.visibility],
    candidate_id: candidateId,
    application_id: applicationId,
    user_id: userId,
    email_from: null,
    email_to: null,
    email_cc: null,
    created_at: iso(createdAt),
    updated_at: iso(createdAt),
  }
}
