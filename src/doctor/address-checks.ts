import { connect } from 'node:tls'
import { explainFailure } from './explain-failure.ts'
import { type Check, type Finding, fail, pass, warn } from './finding.ts'

const PATIENCE_MS = 8_000
const SOON_DAYS = 14
const DAY_MS = 86_400_000

/** A webhook that only tests the connection, as the ATS would send it. */
export interface TestWebhook {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A connection's webhooks, as far as these checks need them. */
export interface WebhookCase {
  readonly name: string
  /** One for each secret, in the order of the configuration. @param url where it is sent */
  tests(url: string): readonly TestWebhook[]
  /** When the last delivery of this connection was received, epoch milliseconds; undefined: never, or unknown. */
  lastReceived(): Promise<number | undefined>
  readonly now: () => number
}

/** Whether the public address reaches this service, and whether its certificate is one that an ATS takes. */
export function addressChecks(publicUrl: string | undefined, webhooks: readonly WebhookCase[]): readonly Check[] {
  const check = 'address'
  if (publicUrl === undefined)
    return [
      {
        check,
        run: () => [
          warn(
            'PUBLIC_URL is not set, so the way in was not checked',
            'set it to the address under which the ATS reaches this service',
          ),
        ],
      },
    ]
  return [
    { check, run: () => certificateFindings(new URL(publicUrl)) },
    ...webhooks.map((webhook) => ({ check, run: () => webhookFindings(publicUrl, webhook) })),
  ]
}

async function* certificateFindings(url: URL): AsyncGenerator<Finding> {
  if (url.protocol === 'http:') {
    yield warn(
      `${url.origin} is plain http: Greenhouse and Lever send to https alone`,
      'put a proxy with a certificate before it',
    )
    return
  }
  try {
    const { validTo, problem } = await readCertificate(url)
    if (problem !== undefined) {
      yield fail(`the certificate of ${url.host} is not trusted (${problem})`, certificateMend(problem))
      return
    }
    const days = Math.floor((validTo - Date.now()) / DAY_MS)
    const until = new Date(validTo).toISOString().slice(0, 10)
    yield days < SOON_DAYS
      ? warn(`the certificate of ${url.host} ends in ${days} days, on ${until}`, 'renew it')
      : pass(`certificate of ${url.host} good until ${until}`)
  } catch (error) {
    yield fail(
      `${url.origin} cannot be reached: ${explainFailure(error)}`,
      'look at DNS, the proxy and the firewall; from inside some networks the public address cannot be reached at all',
    )
  }
}

function certificateMend(problem: string): string {
  return problem === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' || problem === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'
    ? 'serve the whole chain, intermediate certificates included (often fullchain.pem)'
    : 'use one from a public authority: ATSs refuse others'
}

function readCertificate({ hostname, port }: URL): Promise<{ validTo: number; problem: string | undefined }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ validTo: number; problem: string | undefined }>()
  const host = hostname.replace(/^\[|\]$/g, '')
  const socket = connect({ host, port: Number(port || 443), servername: host, rejectUnauthorized: false })
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
  socket.once('error', reject)
  socket.once('secureConnect', () => {
    const problem = socket.authorized ? undefined : String(socket.authorizationError)
    resolve({ validTo: Date.parse(socket.getPeerCertificate().valid_to), problem })
    socket.end()
  })
  return promise
}

async function* webhookFindings(publicUrl: string, webhook: WebhookCase): AsyncGenerator<Finding> {
  const url = `${publicUrl}/webhooks/${webhook.name}`
  const tests = webhook.tests(url)
  for (const [index, test] of tests.entries()) {
    const which = tests.length === 1 ? 'the secret' : `secret ${index + 1} of ${tests.length}`
    yield await sendTest(url, test, webhook.name, which)
  }
  const last = await webhook.lastReceived()
  if (last !== undefined) yield pass(`${webhook.name}: last delivery received ${ago(webhook.now() - last)}`)
}

/** Sends a test webhook to the service itself: answered and forgotten there. */
export async function sendTest(url: string, test: TestWebhook, name: string, which: string): Promise<Finding> {
  const init = { method: 'POST', redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) } as const
  try {
    const response = await fetch(url, { ...init, ...test })
    const answer = (await response.json().catch(() => undefined)) as { status?: unknown; reason?: unknown } | undefined
    return testFinding(url, response.status, answer, name, which)
  } catch (error) {
    return fail(
      `${url} cannot be reached: ${explainFailure(error)}`,
      'start the service; look at DNS, the proxy and the firewall',
    )
  }
}

function testFinding(
  url: string,
  status: number,
  answer: { status?: unknown; reason?: unknown } | undefined,
  name: string,
  which: string,
): Finding {
  if (status === 200 && answer?.reason === 'ping') return pass(`${url} reaches this service, and ${which} fits`)
  if (status === 401)
    return fail(
      `${url} answers 401: the service there has another secret than ${which} here`,
      'restart the service, in Docker with --force-recreate, so that it reads the same .env; or correct PUBLIC_URL',
    )
  if (status === 404 && answer?.status !== undefined)
    return fail(
      `${url} answers 404: the service there knows no connection "${name}"`,
      'restart the service, so that it reads the same bridge.yaml; or correct PUBLIC_URL',
    )
  if (status === 503) return fail(`${url} answers 503: the service there cannot reach its store`, 'see the store above')
  if (status >= 300 && status < 400)
    return fail(
      `${url} answers with a redirect (${status}): an ATS takes that for a failure`,
      'set PUBLIC_URL to the address it leads to',
    )
  return fail(
    `${url} answers ${status}: something else than this service is there`,
    'look at the proxy, and at PUBLIC_URL',
  )
}

function ago(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 120) return `${minutes} min ago`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`
}
