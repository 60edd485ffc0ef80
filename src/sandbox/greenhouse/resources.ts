/**
 * The lists of Harvest v3 that the bridge may read, with the filters documented for each.
 * @see greenhouse.md section 2.4
 */
import type { GreenhouseAccount } from './account.ts'
import { flagOf, idsOf, textOf, timeOf, wordOf } from './filters.ts'
import type { Resource } from './lists.ts'
import {
  applicationRow,
  applicationStageRows,
  attachmentRow,
  candidateRow,
  customFieldRow,
  jobRow,
  noteRow,
  stageRowsOf,
} from './records.ts'

const same = (...words: readonly string[]) => Object.fromEntries(words.map((word) => [word, word]))

/** What the lists need to know beside the account. */
export interface ListOptions {
  readonly now: () => number
  /** Milliseconds for which a new note is missing from lists. */
  readonly noteLagMs: () => number
}

/** All lists; `name` is also the word in the scope `harvest:<name>:list`. */
export function resources(account: GreenhouseAccount, { now, noteLagMs }: ListOptions): readonly Resource[] {
  return [
    {
      name: 'applications',
      filters: {
        candidate_ids: idsOf('candidate_id'),
        job_ids: idsOf('job_id'),
        job_interview_stage_ids: idsOf('job_interview_stage_id'),
        stage_ids: idsOf('stage_id'),
        stage_name: textOf('stage_name'),
        // Asked for as `active`, answered as `in_process`; asking for the latter is refused.
        status: wordOf('status', { active: 'in_process', ...same('rejected', 'hired', 'converted') }),
        prospect: flagOf('prospect'),
        last_activity_at: timeOf('last_activity_at'),
      },
      rows: () => [...account.applications.values()].map((application) => applicationRow(account, application)),
    },
    {
      name: 'application_stages',
      filters: {
        application_ids: idsOf('application_id'),
        job_interview_stage_ids: idsOf('job_interview_stage_id'),
        current: flagOf('current'),
      },
      rows: () => [...account.applications.values()].flatMap(applicationStageRows),
    },
    {
      name: 'candidates',
      filters: {
        email: (_parameter, text) => (row) =>
          (row['email_addresses'] as { value: string }[]).some(
            ({ value }) => value.toLowerCase() === text.toLowerCase(),
          ),
        private: flagOf('private'),
        last_activity_at: timeOf('last_activity_at'),
      },
      rows: () => [...account.candidates.values()].map((candidate) => candidateRow(account, candidate)),
    },
    {
      name: 'jobs',
      filters: {
        status: wordOf('status', same('open', 'draft', 'closed')),
        department_id: idsOf('department_id'),
        office_id: () => () => false,
      },
      rows: () => [...account.jobs.values()].map(jobRow),
    },
    {
      name: 'job_interview_stages',
      filters: { job_ids: idsOf('job_id'), active: flagOf('active') },
      rows: () => [...account.jobs.values()].flatMap(stageRowsOf),
    },
    {
      name: 'attachments',
      filters: {
        application_ids: idsOf('application_id'),
        candidate_ids: idsOf('candidate_id'),
        type: wordOf('type', same('resume', 'cover_letter', 'take_home_test', 'offer_packet', 'offer_letter', 'other')),
      },
      rows: (call) => account.attachments.map((file) => attachmentRow(file, call.origin, now())),
    },
    {
      name: 'custom_fields',
      filters: {
        field_type: wordOf(
          'field_type',
          same('application', 'candidate', 'job', 'offer', 'opening', 'rejection_question'),
        ),
        active: flagOf('active'),
        name: textOf('name'),
        name_key: textOf('name_key'),
      },
      rows: () => account.fields.map(customFieldRow),
    },
    {
      name: 'notes',
      filters: {
        candidate_ids: idsOf('candidate_id'),
        application_ids: idsOf('application_id'),
        user_ids: idsOf('user_id'),
        type: wordOf('type', same('NOTE', 'ACTIVITY', 'EMAIL')),
        visibility: wordOf('visibility', same('publicly_visible', 'privately_visible', 'admin_only_visible')),
      },
      rows: () =>
        account.notes.filter((note) => noteLagMs() === 0 || note.createdAt + noteLagMs() <= now()).map(noteRow),
    },
    { name: 'user_roles', filters: {}, rows: () => [{ id: 1, name: 'Site Admin', type: 'site_admin' }] },
  ]
}
