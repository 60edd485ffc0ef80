import type { Settings, StoreSettings } from '../config/settings.ts'
import type { Route } from '../domain/connection.ts'
import { routeId } from '../domain/delivery.ts'
import type { GreenhouseSandbox } from './greenhouse.ts'
import { type InterviewFlowSandbox, sandboxInterviewer } from './interviewflow.ts'
import type { LeverSandbox } from './lever.ts'

/** The stage that the sandboxes' routes listen to. */
export const SANDBOX_STAGE = 'AI Interview'
/** Field of a Greenhouse application into which the link goes; the sandbox must be given it. */
export const SANDBOX_FIELD = 'ai_interview_link'
export const SANDBOX_TAG = 'ai-interview-sent'

/** The three sandboxes of one set-up. */
export interface Sandboxes {
  readonly greenhouse: GreenhouseSandbox
  readonly lever: LeverSandbox
  readonly vendor: InterviewFlowSandbox
}

/** A route into the sandbox stage. */
export function sandboxRoute(connection: string, differences: Partial<Route> = {}): Route {
  const route = { connection, stage: SANDBOX_STAGE, interviewer: sandboxInterviewer, sendResume: false, ...differences }
  return { id: routeId(connection, route.stage, route.interviewer), ...route }
}

/** Settings of a bridge between the sandboxes: connections `greenhouse` and `lever`, a route each, any free port. */
export function sandboxSettings({ greenhouse, lever, vendor }: Sandboxes, store: StoreSettings): Settings {
  return {
    port: 0,
    host: '127.0.0.1',
    role: 'all',
    store,
    interviewflow: { apiKey: vendor.apiKey, baseUrl: vendor.url, linkHosts: [vendor.linkHost()] },
    adminPassword: 'sandbox-admin-password',
    trustProxy: false,
    logLevel: 'silent',
    retentionDays: 90,
    encryptionKeys: [],
    connections: [
      {
        name: 'greenhouse',
        ats: 'greenhouse',
        settings: {
          webhookSecrets: [greenhouse.webhookSecret],
          ...greenhouse.credential,
          userId: 4080,
          baseUrl: greenhouse.url,
          authUrl: greenhouse.url,
          writeBack: [{ note: {} }, { customField: { on: 'application', key: SANDBOX_FIELD } }],
        },
      },
      {
        name: 'lever',
        ats: 'lever',
        settings: {
          signingTokens: [lever.signingToken],
          apiKey: lever.apiKey,
          performAs: lever.userEmail,
          baseUrl: lever.url,
          writeBack: [{ note: {} }, { link: {} }, { tag: { name: SANDBOX_TAG } }],
        },
      },
    ],
    routes: [sandboxRoute('greenhouse'), sandboxRoute('lever')],
  }
}
