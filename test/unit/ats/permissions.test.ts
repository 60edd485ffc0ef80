import { describe, expect, test } from 'vitest'
import type { AtsAdapter } from '../../../src/ats/adapter.ts'
import { greenhouse } from '../../../src/ats/greenhouse/index.ts'
import type { AtsInspector } from '../../../src/ats/inspector.ts'
import { atsInspectors } from '../../../src/ats/inspectors.ts'
import { lever } from '../../../src/ats/lever/index.ts'
import { PermanentError } from '../../../src/domain/errors.ts'
import { startGreenhouseSandbox } from '../../../src/sandbox/greenhouse.ts'
import { startLeverSandbox } from '../../../src/sandbox/lever.ts'
import { aDelivery, atsTools } from '../../support/ats-tools.ts'
import { cleanUpAfterEach } from '../../support/clean-up.ts'

const cleanUp = cleanUpAfterEach()

interface Account {
  readonly adapter: AtsAdapter
  readonly inspector: AtsInspector
  readonly applicationId: string
}

interface Case {
  readonly ats: 'greenhouse' | 'lever'
  /** Permissions of the ATS that can be tried, by the name our inspector gives them. */
  readonly permissions: Readonly<Record<string, string>>
  /** Those that loading somebody who has applied for a job needs. */
  readonly toLoad: readonly string[]
  /** An account with one such person, and credentials that have these permissions. */
  readonly start: (permissions: readonly string[]) => Promise<Account>
}

const scopes = [
  'applications',
  'candidates',
  'jobs',
  'job_interview_stages',
  'application_stages',
  'notes',
  'attachments',
]
const greenhouseScopes = scopes.map((list) => `harvest:${list}:list`)

const cases: readonly Case[] = [
  {
    ats: 'greenhouse',
    permissions: Object.fromEntries(greenhouseScopes.map((scope) => [scope, scope])),
    toLoad: ['harvest:applications:list', 'harvest:candidates:list', 'harvest:jobs:list'],
    start: async (permissions) => {
      const credential = { clientId: 'client-1', clientSecret: 'secret', scopes: permissions }
      const sandbox = await startGreenhouseSandbox({ credentials: [credential] })
      cleanUp(() => sandbox.close())
      const { applicationId } = sandbox.addCandidate({
        firstName: 'Amara',
        lastName: 'Quillfeather',
        email: 'amara@example.com',
        job: 'Designer',
      })
      const { clientId, clientSecret } = credential
      const { url } = sandbox
      const settings = { webhookSecrets: ['s'], clientId, clientSecret, baseUrl: url, authUrl: url }
      return {
        adapter: greenhouse.create(settings, atsTools()),
        inspector: atsInspectors.greenhouse(settings, atsTools()),
        applicationId: String(applicationId),
      }
    },
  },
  {
    ats: 'lever',
    permissions: {
      'opportunities:read': 'opportunities:read:admin',
      'stages:read': 'stages:read:admin',
      'postings:read': 'postings:read:admin',
      'contacts:read': 'contact:read:admin',
      'applications:read': 'applications:read:admin',
      'notes:read': 'notes:read:admin',
      'resumes:read': 'resumes:read:admin',
    },
    toLoad: ['opportunities:read', 'stages:read', 'postings:read', 'contacts:read', 'applications:read'],
    start: async (permissions) => {
      const sandbox = await startLeverSandbox({ keys: [{ key: 'k', permissions }] })
      cleanUp(() => sandbox.close())
      const person = { name: 'Amara Quillfeather', email: 'amara@example.com', posting: 'Designer' }
      const { opportunityId } = sandbox.addOpportunity(person)
      const settings = { signingTokens: ['t'], apiKey: 'k', baseUrl: sandbox.url }
      return {
        adapter: lever.create(settings, atsTools()),
        inspector: atsInspectors.lever(settings, atsTools()),
        applicationId: opportunityId,
      }
    },
  },
]

async function loads({ adapter, applicationId }: Account, ats: Case['ats']): Promise<boolean> {
  try {
    const loaded = await adapter.load(aDelivery({ ats, applicationId }))
    expect(loaded).toMatchObject({ email: 'amara@example.com', jobName: 'Designer' })
    return true
  } catch (error) {
    if (error instanceof PermanentError && error.reason === 'ats-forbidden') return false
    throw error
  }
}

describe.each(cases)('with $ats', ({ ats, permissions, toLoad, start }) => {
  test('everything that can be tried is tried, and loading works with all of it', async () => {
    const account = await start(Object.values(permissions))
    const found = await account.inspector.permissions(true)
    const granted = found.filter(({ state }) => state === 'granted').map(({ name }) => name)
    expect(granted.toSorted()).toEqual(Object.keys(permissions).toSorted())
    expect(await loads(account, ats)).toBe(true)
  })

  test.each(Object.keys(permissions))('%s is vital if nobody can be loaded without it', async (left) => {
    const rest = Object.entries(permissions).filter(([name]) => name !== left)
    const account = await start(rest.map(([, permission]) => permission))
    const found = (await account.inspector.permissions(true)).find(({ name }) => name === left)
    const isNeeded = !(await loads(account, ats))
    expect(found?.state).toBe('missing')
    expect(isNeeded).toBe(toLoad.includes(left))
    if (isNeeded) expect(found?.isVital).toBe(true)
  })
})
