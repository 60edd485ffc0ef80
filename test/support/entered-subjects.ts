import type { atsDefinitions } from '../../src/ats/registry.ts'
import { type GreenhouseOptions, startGreenhouseSandbox } from '../../src/sandbox/greenhouse.ts'
import { type LeverOptions, startLeverSandbox } from '../../src/sandbox/lever.ts'
import type { SandboxServer } from '../../src/sandbox/sandbox-server.ts'

/** An ATS whose applications a test moves about. */
export interface EnteredSubject {
  readonly sandbox: SandboxServer
  readonly settings: unknown
  /** Adds an application for the job, in the pipeline's first stage. */
  add(job: string): { readonly applicationId: string; readonly candidateId: string; readonly jobId: string }
  move(applicationId: string, stage: string): void
  /** Rejects or archives it. */
  end(applicationId: string): void
  stageId(applicationId: string, stage: string): string
}

let people = 0
const nextPerson = () => {
  people += 1
  return `person-${people}@example.com`
}

async function greenhouseSubject(options: GreenhouseOptions): Promise<EnteredSubject> {
  const sandbox = await startGreenhouseSandbox(options)
  const jobs = new Map<string, ReturnType<typeof sandbox.addJob>>()
  const jobOf = new Map<string, ReturnType<typeof sandbox.addJob>>()
  return {
    sandbox,
    settings: {
      webhookSecrets: [sandbox.webhookSecret],
      ...sandbox.credential,
      baseUrl: sandbox.url,
      authUrl: sandbox.url,
    },
    add: (name) => {
      const job = jobs.get(name) ?? sandbox.addJob(name)
      jobs.set(name, job)
      const person = { firstName: 'Amara', lastName: 'Quillfeather', email: nextPerson(), job: job.jobId }
      const { applicationId, candidateId } = sandbox.addCandidate(person)
      jobOf.set(String(applicationId), job)
      return { applicationId: String(applicationId), candidateId: String(candidateId), jobId: String(job.jobId) }
    },
    move: (applicationId, stage) => void sandbox.move(Number(applicationId), stage),
    end: (applicationId) => void sandbox.reject(Number(applicationId)),
    stageId: (applicationId, stage) => String(jobOf.get(applicationId)?.stageIds[stage]),
  }
}

async function leverSubject(options: LeverOptions): Promise<EnteredSubject> {
  const sandbox = await startLeverSandbox(options)
  return {
    sandbox,
    settings: { signingTokens: [sandbox.signingToken], apiKey: sandbox.apiKey, baseUrl: sandbox.url },
    add: (posting) => {
      const person = { name: 'Bjarne Sandvik', email: nextPerson(), posting }
      const { opportunityId, contactId, postingId } = sandbox.addOpportunity(person)
      return { applicationId: opportunityId, candidateId: contactId, jobId: String(postingId) }
    },
    move: (applicationId, stage) => void sandbox.move(applicationId, stage),
    end: (applicationId) => void sandbox.archive(applicationId),
    stageId: (_applicationId, stage) => sandbox.stageId(stage),
  }
}

/** Every registered ATS must have one: a missing subject does not compile. */
export const enteredSubjects = { greenhouse: greenhouseSubject, lever: leverSubject } satisfies Record<
  keyof typeof atsDefinitions,
  (options: { now: () => number }) => Promise<EnteredSubject>
>
