/**
 * Bodies of Greenhouse's webhooks.
 * @see greenhouse.md sections 1.2, 1.8 and 1.9; shape of fixture webhook.candidate_stage_change.json
 */
import type { GreenhouseAccount } from './account.ts'
import type { Application, Candidate, Job, StageRow } from './model.ts'
import { fileUrl, iso, keyedFields } from './records.ts'

/** A webhook's body before it is signed. */
export interface GreenhousePayload {
  readonly action: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** The body sent when somebody saves a webhook. @param endpointUrl where it is sent */
export function pingPayload(endpointUrl: string, now: number): GreenhousePayload {
  const times = { created_at: iso(now), updated_at: iso(now) }
  const about = { name: 'Interview links', event: 'Candidate Stage Change', active: true }
  const payload = { web_hook_id: 4_001_693_002, endpoint_url: endpointUrl, ...times, ...about }
  return { action: 'ping', payload: { ...payload, 'content-type': 'application/json' } }
}

/**
 * The body of any event that carries a whole application.
 * @param action e.g. `candidate_stage_change`, `reject_candidate`, `new_candidate_application`
 * @param origin where the files' addresses point
 */
export function applicationPayload(
  account: GreenhouseAccount,
  application: Application,
  action: string,
  origin: string,
): GreenhousePayload {
  const { id, candidate, job, current, status } = application
  const isRejected = status === 'rejected'
  const body = {
    id,
    rejected_at: application.rejectedAt === null ? null : iso(application.rejectedAt),
    prospect: job === undefined,
    // The webhook says `active` where the API says `in_process`.
    status,
    applied_at: iso(application.createdAt),
    last_activity_at: iso(application.lastActivityAt),
    url: `https://app.greenhouse.io/people/${candidate.id}?application_id=${id}`,
    source: { id: 31, name: 'Agency' },
    credited_to: { id: 15, email: 'ada.sandbox@example.com', name: 'Ada Sandbox', employee_id: '123ABC' },
    rejection_reason: isRejected ? { id: 7, name: 'Other', type: { id: 1, name: 'We rejected them' } } : null,
    rejection_details: isRejected ? { custom_fields: {} } : null,
    current_stage: current === undefined ? null : stageOf(current),
    custom_fields: keyedFields(account, 'application', application.customFields),
    candidate: candidateOf(account, application, origin),
    jobs: job === undefined ? [] : [jobOf(job)],
  }
  return { action, payload: { application: body } }
}

function stageOf({ id, stage }: StageRow) {
  const kit = { url: `https://app.greenhouse.io/guides/${id}`, content: '<p>Ask & listen</p>', questions: [] }
  const interviewers = [{ id: 2622, display_name: 'Carla Sandbox', status: 'needs_action' }]
  const interview = { id, name: stage.name, status: 'to_be_scheduled', interview_kit: kit, interviewers }
  return { id: stage.id, name: stage.name, interviews: [interview] }
}

function candidateOf(account: GreenhouseAccount, application: Application, origin: string) {
  const { candidate } = application
  const files = account.attachments.filter((file) => file.applicationId === application.id)
  return {
    ...nameOf(candidate),
    title: null,
    company: null,
    created_at: iso(candidate.createdAt),
    external_id: null,
    photo_url: null,
    url: `https://app.greenhouse.io/people/${candidate.id}`,
    is_private: candidate.isPrivate,
    can_email: candidate.canEmail,
    phone_numbers: [],
    email_addresses: candidate.emails,
    addresses: [],
    website_addresses: [],
    social_media_addresses: [],
    educations: [],
    employments: [],
    recruiter: null,
    coordinator: null,
    attachments: files.map((file) => {
      return { filename: file.filename, url: fileUrl(file, origin, account.tick()), type: file.type }
    }),
    tags: [],
    custom_fields: keyedFields(account, 'candidate', candidate.customFields),
  }
}

const nameOf = ({ id, firstName, lastName }: Candidate) => ({ id, first_name: firstName, last_name: lastName })

/** A person as `delete_candidate` and `merge_candidate` name them. */
export function personOf(account: GreenhouseAccount, candidateId: number) {
  const candidate = account.candidate(candidateId)
  const nobody = { company: null, title: null, headline: null, recruiter_user_id: null, coordinator_user_id: null }
  const own = { created_at: iso(candidate.createdAt), is_private: candidate.isPrivate, can_email: candidate.canEmail }
  return { ...nameOf(candidate), ...nobody, ...own }
}

function jobOf({ id, name, createdAt }: Job) {
  return {
    id,
    name,
    requisition_id: null,
    notes: null,
    confidential: false,
    job_post_id: null,
    status: 'open',
    created_by_id: 15,
    created_at: iso(createdAt),
    opened_at: iso(createdAt),
    closed_at: null,
    departments: [{ id: 237, name: 'Research & Development', external_id: null }],
    offices: [{ id: 54, name: 'New York', location: 'New York, NY', external_id: null }],
    custom_fields: {},
  }
}
