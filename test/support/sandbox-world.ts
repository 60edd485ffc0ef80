import type { StoreSettings } from '../../src/config/settings.ts'
import { type GreenhouseOptions, startGreenhouseSandbox } from '../../src/sandbox/greenhouse.ts'
import {
  type InterviewFlowOptions,
  sandboxInterviewer,
  startInterviewFlowSandbox,
} from '../../src/sandbox/interviewflow.ts'
import { type LeverOptions, startLeverSandbox } from '../../src/sandbox/lever.ts'
import { SANDBOX_FIELD, SANDBOX_STAGE, SANDBOX_TAG, type Sandboxes } from '../../src/sandbox/settings.ts'

/** The sandboxes of this process. */
export interface SandboxWorld extends Sandboxes {
  close(): Promise<void>
}

/** What differs from the standard sandboxes. */
export interface SandboxWorldOptions {
  readonly greenhouse?: GreenhouseOptions
  readonly lever?: LeverOptions
  readonly vendor?: InterviewFlowOptions
}

/** Limits so wide that a test never meets them: only a test about limits narrows them. */
const WIDE = 1_000_000

export async function startSandboxWorld(options: SandboxWorldOptions = {}): Promise<SandboxWorld> {
  const { greenhouse: harvest, lever: data, vendor: interviews } = options
  const [greenhouse, lever, vendor] = await Promise.all([
    startGreenhouseSandbox({ ...harvest, settings: { rateLimit: WIDE, ...harvest?.settings } }),
    startLeverSandbox(data),
    startInterviewFlowSandbox(interviews),
  ])
  const close = async () => void (await Promise.all([greenhouse.close(), lever.close(), vendor.close()]))
  return { greenhouse, lever, vendor, close }
}

export const ADMIN_PASSWORD = 'admin-password-of-the-tests'

/** `bridge.yaml` as an operator would write it, between the sandboxes; secrets come from the environment. */
export function sandboxDocument({ greenhouse, lever }: Pick<Sandboxes, 'greenhouse' | 'lever'>): string {
  return `
connections:
  greenhouse:
    ats: greenhouse
    webhookSecrets: ["\${GREENHOUSE_WEBHOOK_SECRET}"]
    clientId: \${GREENHOUSE_CLIENT_ID}
    clientSecret: \${GREENHOUSE_CLIENT_SECRET}
    userId: 4080
    baseUrl: ${greenhouse.url}
    authUrl: ${greenhouse.url}
    writeBack:
      - note: { visibility: private }
      - customField: { on: application, key: ${SANDBOX_FIELD} }
  lever:
    ats: lever
    signingTokens: ["\${LEVER_SIGNING_TOKEN}"]
    apiKey: \${LEVER_API_KEY}
    performAs: ${lever.userEmail}
    baseUrl: ${lever.url}
    writeBack:
      - note: {}
      - link: {}
      - tag: { name: ${SANDBOX_TAG} }
routes:
  - { connection: greenhouse, stage: ${SANDBOX_STAGE}, interviewer: ${sandboxInterviewer} }
  - { connection: lever, stage: ${SANDBOX_STAGE}, interviewer: ${sandboxInterviewer} }
`
}

/** The environment of a bridge between the sandboxes. Without a store in it, the embedded one in `./data` is meant. */
export function sandboxVariables(
  { greenhouse, lever, vendor }: Sandboxes,
  store?: StoreSettings,
): Readonly<Record<string, string>> {
  const { clientId, clientSecret } = greenhouse.credential
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_PASSWORD,
    INTERVIEWFLOW_API_KEY: vendor.apiKey,
    INTERVIEWFLOW_BASE_URL: vendor.url,
    INTERVIEWFLOW_LINK_HOSTS: vendor.linkHost(),
    GREENHOUSE_WEBHOOK_SECRET: greenhouse.webhookSecret,
    GREENHOUSE_CLIENT_ID: clientId,
    GREENHOUSE_CLIENT_SECRET: clientSecret,
    LEVER_SIGNING_TOKEN: lever.signingToken,
    LEVER_API_KEY: lever.apiKey,
    ...(store && storeVariables(store)),
  }
}

export function storeVariables(store: StoreSettings): Readonly<Record<string, string>> {
  switch (store.kind) {
    case 'redis':
      return { REDIS_URL: store.url }
    case 'postgres':
      return { DATABASE_URL: store.url }
    case 'embedded':
      return { DATA_DIR: store.dir }
  }
}
