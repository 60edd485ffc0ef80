import { startGreenhouseSandbox } from '../../sandbox/greenhouse.ts'
import { sandboxInterviewer, startInterviewFlowSandbox } from '../../sandbox/interviewflow.ts'
import { startLeverSandbox } from '../../sandbox/lever.ts'
import { person } from '../../sandbox/people.ts'
import { SANDBOX_FIELD, SANDBOX_STAGE, SANDBOX_TAG, type Sandboxes } from '../../sandbox/settings.ts'

/** Three sandboxes that listen, with a few people in them. */
export interface StandingSandboxes extends Sandboxes {
  /** Ids of applications in the sandbox stage. */
  readonly applications: { readonly greenhouse: number; readonly lever: string }
  close(): Promise<void>
}

/** Starts the sandboxes on three ports in a row. @param port the first one @throws Error one is taken */
export async function startSandboxes(port: number): Promise<StandingSandboxes> {
  const greenhouse = await startGreenhouseSandbox({ port })
  const lever = await startLeverSandbox({ port: port + 1 }).catch(async (error: unknown) => {
    await greenhouse.close()
    throw error
  })
  const vendor = await startInterviewFlowSandbox({ port: port + 2 }).catch(async (error: unknown) => {
    await Promise.all([greenhouse.close(), lever.close()])
    throw error
  })
  const [one, two] = [person(0), person(1)]
  const { applicationId } = greenhouse.addCandidate({ ...one, job: 'Designer', stage: SANDBOX_STAGE })
  const name = `${two.firstName} ${two.lastName}`
  const { opportunityId } = lever.addOpportunity({ name, email: two.email, posting: 'Designer', stage: SANDBOX_STAGE })
  return {
    greenhouse,
    lever,
    vendor,
    applications: { greenhouse: applicationId, lever: opportunityId },
    close: async () => void (await Promise.all([greenhouse.close(), lever.close(), vendor.close()])),
  }
}

/** `.env` of a bridge between the sandboxes. */
export function sandboxEnv({ greenhouse, lever, vendor }: Sandboxes): string {
  return [
    `INTERVIEWFLOW_API_KEY=${vendor.apiKey}`,
    `INTERVIEWFLOW_BASE_URL=${vendor.url}`,
    `INTERVIEWFLOW_LINK_HOSTS=${vendor.linkHost()}`,
    `GREENHOUSE_WEBHOOK_SECRET=${greenhouse.webhookSecret}`,
    `GREENHOUSE_CLIENT_ID=${greenhouse.credential.clientId}`,
    `GREENHOUSE_CLIENT_SECRET=${greenhouse.credential.clientSecret}`,
    `LEVER_SIGNING_TOKEN=${lever.signingToken}`,
    `LEVER_API_KEY=${lever.apiKey}`,
    'ADMIN_PASSWORD=sandbox-admin-password',
    'HOST=127.0.0.1',
    'PORT=3000',
    'PUBLIC_URL=http://127.0.0.1:3000',
    '',
  ].join('\n')
}

/** `bridge.yaml` of a bridge between the sandboxes. */
export function sandboxYaml({ greenhouse, lever }: Sandboxes): string {
  return [
    'connections:',
    '  greenhouse:',
    '    ats: greenhouse',
    `    webhookSecrets: ["\${GREENHOUSE_WEBHOOK_SECRET}"]`,
    `    clientId: \${GREENHOUSE_CLIENT_ID}`,
    `    clientSecret: \${GREENHOUSE_CLIENT_SECRET}`,
    '    userId: 4080',
    `    baseUrl: ${greenhouse.url}`,
    `    authUrl: ${greenhouse.url}`,
    '    writeBack:',
    '      - note: { visibility: private }',
    `      - customField: { on: application, key: ${SANDBOX_FIELD} }`,
    '  lever:',
    '    ats: lever',
    `    signingTokens: ["\${LEVER_SIGNING_TOKEN}"]`,
    `    apiKey: \${LEVER_API_KEY}`,
    `    performAs: ${lever.userEmail}`,
    `    baseUrl: ${lever.url}`,
    '    writeBack:',
    '      - note: {}',
    '      - link: {}',
    `      - tag: { name: ${SANDBOX_TAG} }`,
    'routes:',
    ...['greenhouse', 'lever'].map(
      (connection) => `  - { connection: ${connection}, stage: ${SANDBOX_STAGE}, interviewer: ${sandboxInterviewer} }`,
    ),
    '',
  ].join('\n')
}
