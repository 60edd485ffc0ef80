import { randomUUID } from 'node:crypto'
import type { GreenhouseSettings } from '../ats/greenhouse/settings.ts'
import type { LeverSettings } from '../ats/lever/settings.ts'
import type { ConnectionSettings } from '../config/settings.ts'
import { type SignedWebhook, signedGreenhouseWebhook, signedLeverWebhook } from '../sandbox/sign.ts'

/** What a webhook tells of; ids and names of company things only. */
export interface Told {
  readonly applicationId: string
  readonly candidateId: string
  readonly stageId: string
  readonly stageName?: string | undefined
  readonly jobId?: string | undefined
  readonly jobName?: string | undefined
  /** Candidate into whom the person is merged. */
  readonly into?: string | undefined
}

/** One kind of webhook that can be sent. */
export interface WebhookKind {
  readonly summary: string
  /** What must be known of an application to tell of it. */
  readonly needs: 'nothing' | 'application' | 'candidate'
  /** The bridge forgets the person for good, as it must. */
  readonly erases?: boolean
  make(secret: string, told: Told, url: string): SignedWebhook
}

/** The webhooks of one ATS. */
export interface WebhookKit {
  secrets(settings: unknown): readonly string[]
  /** Name of the kind that only tests the connection. */
  readonly test: string
  readonly kinds: Readonly<Record<string, WebhookKind>>
}

const greenhouseApplication = ({ applicationId, candidateId, stageId, stageName, jobId, jobName }: Told) => ({
  application: {
    id: Number(applicationId),
    prospect: false,
    status: 'active',
    last_activity_at: new Date().toISOString(),
    current_stage: { id: Number(stageId), name: stageName ?? '' },
    candidate: { id: Number(candidateId) },
    jobs: jobId === undefined ? [] : [{ id: Number(jobId), name: jobName ?? '' }],
  },
})

const greenhouseKind = (
  action: string,
  needs: WebhookKind['needs'],
  summary: string,
  payload: (told: Told, url: string) => unknown,
  erases = false,
): WebhookKind => ({
  summary,
  needs,
  erases,
  make: (secret, told, url) => signedGreenhouseWebhook({ action, payload: payload(told, url) }, secret),
})

const personOf = ({ candidateId }: Told) => ({ id: Number(candidateId) })

const greenhouseKit: WebhookKit = {
  secrets: (settings) => (settings as GreenhouseSettings).webhookSecrets,
  test: 'ping',
  kinds: {
    'stage-change': greenhouseKind('candidate_stage_change', 'application', 'moved to a stage', greenhouseApplication),
    ping: greenhouseKind('ping', 'nothing', 'sent when the webhook is saved', (_told, url) => {
      return {
        web_hook_id: 1,
        endpoint_url: url,
        name: 'bridge simulate',
        event: 'Candidate Stage Change',
        active: true,
      }
    }),
    updated: greenhouseKind('application_updated', 'application', 'no stage change: ignored', greenhouseApplication),
    anonymized: greenhouseKind(
      'candidate_anonymized',
      'candidate',
      'the person’s data was erased',
      ({ candidateId }) => ({ candidate_id: Number(candidateId), anonymized_fields: ['full_name', 'emails'] }),
      true,
    ),
    deleted: greenhouseKind('delete_candidate', 'candidate', 'deleted', (told) => ({ person: personOf(told) }), true),
    merged: greenhouseKind(
      'merge_candidate',
      'candidate',
      'merged into another candidate, named by --into',
      (told) => ({ person: { ...personOf(told), new_candidate_id: Number(told.into) } }),
      true,
    ),
  },
}

const leverKind = (
  event: string,
  needs: WebhookKind['needs'],
  summary: string,
  data: (told: Told) => Readonly<Record<string, unknown>>,
  erases = false,
): WebhookKind => ({ summary, needs, erases, make: (secret, told) => signedLeverWebhook(event, data(told), secret) })

const leverIds = ({ applicationId, candidateId }: Told) => {
  return { opportunityId: applicationId, candidateId: randomUUID(), contactId: candidateId }
}

const leverKit: WebhookKit = {
  secrets: (settings) => (settings as LeverSettings).signingTokens,
  test: 'connection-test',
  kinds: {
    'stage-change': leverKind('candidateStageChange', 'application', 'moved to a stage', (told) => {
      return { ...leverIds(told), toStageId: told.stageId }
    }),
    'connection-test': leverKind('candidateHired', 'nothing', 'sent by "Verify connection"', () => ({})),
    archived: leverKind('candidateArchiveChange', 'application', 'no stage change: ignored', leverIds),
    deleted: leverKind('candidateDeleted', 'application', 'deleted', leverIds, true),
  },
}

/** The webhooks of every ATS, by the name that `bridge.yaml` uses. */
export const webhookKits: Readonly<Record<string, WebhookKit>> = { greenhouse: greenhouseKit, lever: leverKit }

const nobody: Told = { applicationId: '0', candidateId: '0', stageId: '0' }

/** A test webhook of a connection for each of its secrets. @param url where it is sent */
export function testWebhooks(
  { ats, settings }: Pick<ConnectionSettings, 'ats' | 'settings'>,
  url: string,
): SignedWebhook[] {
  const kit = webhookKits[ats]
  const kind = kit?.kinds[kit.test]
  return kit && kind ? kit.secrets(settings).map((secret) => kind.make(secret, nobody, url)) : []
}
