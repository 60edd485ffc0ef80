import { styleText } from 'node:util'
import type { AtsTools } from '../../ats/adapter.ts'
import type { ConnectionSettings, Settings } from '../../config/settings.ts'
import { explainFailure } from '../../doctor/explain-failure.ts'
import { clearPassword } from '../service/address.ts'
import { followAll } from '../service/follow.ts'
import { reasonWords } from '../service/timeline-words.ts'
import { UsageError } from '../usage-error.ts'
import type { Told, WebhookKind, WebhookKit } from '../webhook-kits.ts'
import { tellOf } from './tell-of.ts'

const PATIENCE_MS = 10_000

/** What is to be sent, read from the flags. */
export interface Simulation {
  readonly connection: ConnectionSettings
  readonly kit: WebhookKit
  readonly kindName: string
  readonly kind: WebhookKind
  readonly application: string | undefined
  readonly candidate: string | undefined
  readonly stage: string | undefined
  readonly into: string | undefined
  /** The service, without a slash at the end. */
  readonly url: string
  readonly followMs: number
}

interface Answer {
  readonly status?: string
  readonly reason?: string
  readonly deliveries?: readonly string[]
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const red = (text: string) => styleText('red', text, { stream: process.stdout })

/**
 * Sends the webhook and follows what comes of it.
 * @returns exit code: 0 accepted and, where followed, not dead
 * @throws UsageError, NothingToTellError, AdminRefusedError
 */
export async function simulate(
  given: Simulation,
  settings: Settings,
  dispatcher: AtsTools['dispatcher'],
): Promise<number> {
  const { connection, kit, kind, kindName, url } = given
  if (kind.needs === 'application') refuseClearPassword(url, settings)
  const told = await whatToTell(given, settings, dispatcher)
  const hook = `${url}/webhooks/${connection.name}`
  const [secret = ''] = kit.secrets(connection.settings)
  say(`--> ${connection.name} ${kindName} to ${hook}${about(told, kind)}`)
  const { status, answer, error } = await post(hook, kind.make(secret, told, hook))
  if (status === undefined) {
    say(`${red('✗')} The service cannot be reached: ${explainFailure(error)}. Start it, or give its address by --url.`)
    return 1
  }
  say(`<-- ${status} ${answer.status ?? ''}${answer.reason === undefined ? '' : ` (${answer.reason})`}`)
  const words = answer.reason === undefined ? undefined : reasonWords(answer.reason)
  if (words) say(`    ${words.happened} ${words.toDo}`)
  if (status !== 200) {
    if (status === 401)
      say('    The service has another secret for this connection: restart it, so that it reads the same .env.')
    if (status === 404)
      say('    The service knows no such connection: restart it, so that it reads the same bridge.yaml.')
    return 1
  }
  const ids = kind.needs === 'application' ? (answer.deliveries ?? []) : []
  const { adminPassword } = settings
  if (adminPassword !== undefined) return await followAll(ids, { url, password: adminPassword }, given.followMs)
  if (ids.length > 0) say(`    ADMIN_PASSWORD is not set, so what becomes of it cannot be followed: ${ids.join(', ')}`)
  return 0
}

/** Before anything is sent: what it begins could not be followed. */
function refuseClearPassword(url: string, { adminPassword }: Settings): void {
  const problem = adminPassword === undefined ? undefined : clearPassword(url)
  if (problem !== undefined)
    throw new UsageError(`${problem}, or set ADMIN_PASSWORD to nothing, and it is not followed.`)
}

async function whatToTell(given: Simulation, settings: Settings, dispatcher: AtsTools['dispatcher']): Promise<Told> {
  const { kind, kindName, connection, application, candidate, stage, into } = given
  const nobody = { applicationId: application ?? '0', candidateId: candidate ?? '0', stageId: '0', into }
  if (kind.needs === 'nothing' || (kind.needs === 'candidate' && candidate !== undefined)) return nobody
  if (application === undefined) {
    const or = kind.needs === 'candidate' ? ' or --candidate' : ''
    throw new UsageError(
      `--application${or} is needed for ${kindName}: its id in the ATS, the last part of its address.`,
    )
  }
  return { ...(await tellOf({ connection, applicationId: application, stage }, settings, dispatcher)), into }
}

function about({ applicationId, candidateId, stageName, stageId }: Told, { needs }: WebhookKind): string {
  if (needs === 'nothing') return ''
  if (needs === 'candidate') return `: candidate ${candidateId}`
  return `: application ${applicationId}, stage ${stageName ? `"${stageName}"` : stageId}`
}

async function post(
  hook: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<{ status?: number; answer: Answer; error?: unknown }> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const response = await fetch(hook, { method: 'POST', headers, body, redirect: 'manual', signal })
    const answer = (await response.json().catch(() => ({}))) as Answer
    return { status: response.status, answer }
  } catch (error) {
    return { answer: {}, error }
  }
}
