/**
 * The state of the Greenhouse sandbox and what a recruiter can do to it.
 * @see greenhouse.md sections 1.8, 2.4 and 3
 */
import { strictClock } from '../clock.ts'
import { samplePdf } from '../people.ts'
import type { Application, Attachment, Candidate, CustomField, Job, NewCandidate, Note, StageRow } from './model.ts'

const standardStages = ['Application Review', 'AI Interview', 'Face to Face', 'Offer']
const standardFieldKey = 'ai_interview_link'

/** People, jobs and what is written on them. */
export class GreenhouseAccount {
  readonly jobs = new Map<number, Job>()
  readonly candidates = new Map<number, Candidate>()
  readonly applications = new Map<number, Application>()
  attachments: Attachment[] = []
  notes: Note[] = []
  fields: CustomField[] = []
  readonly tick: () => number
  #lastId = 6_409_476_002

  constructor(now: () => number) {
    this.tick = strictClock(now)
    this.clear()
  }

  /** Ids rise by a thousand and end alike, as in an account that lives in one silo. */
  nextId(): number {
    this.#lastId += 1000
    return this.#lastId
  }

  clear(): void {
    for (const kept of [this.jobs, this.candidates, this.applications]) kept.clear()
    this.attachments = []
    this.notes = []
    this.fields = []
    this.addCustomField('application', standardFieldKey, 'url')
    this.addCustomField('candidate', standardFieldKey, 'url')
  }

  addCustomField(on: CustomField['on'], key: string, type: CustomField['type']): void {
    this.fields.push({ id: this.nextId(), on, key, name: key.replaceAll('_', ' '), type })
  }

  addJob(name: string, stages: readonly string[] = standardStages): Job {
    const id = this.nextId()
    const plan = stages.map((stage) => ({ id: this.nextId(), name: stage }))
    const job: Job = { id, name, stages: plan, createdAt: this.tick() }
    this.jobs.set(id, job)
    return job
  }

  /** @throws Error no such job or stage */
  addCandidate(given: NewCandidate): { candidateId: number; applicationId: number } {
    const job = given.job === null ? undefined : this.#job(given.job)
    const candidate = given.candidateId === undefined ? this.#addPerson(given) : this.candidate(given.candidateId)
    const stageRows: StageRow[] = (job?.stages ?? []).map((stage) => {
      return { id: this.nextId(), stage, enteredAt: null, exitedAt: null }
    })
    const now = this.tick()
    const times = { createdAt: now, updatedAt: now, lastActivityAt: now, rejectedAt: null }
    const application: Application = {
      id: this.nextId(),
      candidate,
      job,
      stageRows,
      current: undefined,
      status: 'active',
      customFields: new Map(),
      ...times,
    }
    if (job !== undefined) this.#enter(application, given.stage ?? job.stages[0]?.name ?? '')
    this.applications.set(application.id, application)
    if (given.resume !== undefined) this.attach(application.id, given.resume, 'resume')
    return { candidateId: candidate.id, applicationId: application.id }
  }

  /** @throws Error no such application, or its job has no such stage */
  move(applicationId: number, stageName: string): Application {
    const application = this.application(applicationId)
    this.#enter(application, stageName)
    return application
  }

  /** Rejects, hires, or makes active again. */
  setStatus(applicationId: number, status: Application['status']): void {
    const application = this.application(applicationId)
    application.status = status
    application.rejectedAt = status === 'rejected' ? this.tick() : null
    this.touch(application)
  }

  /** Removes the personal data, as a GDPR request does: the name then reads "Anonymized" and the id. */
  anonymise(candidateId: number): void {
    const candidate = this.candidate(candidateId)
    Object.assign(candidate, { firstName: 'Anonymized', lastName: String(candidateId), emails: [] })
    candidate.updatedAt = this.tick()
    this.attachments = this.attachments.filter((attachment) => attachment.candidateId !== candidateId)
  }

  /** Deletes the person with all applications, notes and files. @returns the applications' ids */
  remove(candidateId: number): number[] {
    const isTheirs = ({ candidate }: Application) => candidate.id === candidateId
    const ids = [...this.applications.values()].filter(isTheirs).map(({ id }) => id)
    for (const id of ids) this.applications.delete(id)
    this.candidates.delete(candidateId)
    this.attachments = this.attachments.filter((attachment) => attachment.candidateId !== candidateId)
    this.notes = this.notes.filter((note) => note.candidateId !== candidateId)
    return ids
  }

  /** Merges one person into another: applications, notes and addresses are the other's from now on. */
  merge(candidateId: number, into: number): void {
    const [gone, kept] = [this.candidate(candidateId), this.candidate(into)]
    for (const application of this.applications.values())
      if (application.candidate === gone) application.candidate = kept
    this.notes = this.notes.map((note) => (note.candidateId === candidateId ? { ...note, candidateId: into } : note))
    kept.emails = [...kept.emails, ...gone.emails]
    kept.updatedAt = this.tick()
    this.candidates.delete(candidateId)
  }

  /** @throws Error no such application */
  application(id: number): Application {
    const application = this.applications.get(id)
    if (application === undefined) throw new Error(`no application ${id}`)
    return application
  }

  /** @throws Error no such candidate */
  candidate(id: number): Candidate {
    const candidate = this.candidates.get(id)
    if (candidate === undefined) throw new Error(`no candidate ${id}`)
    return candidate
  }

  /** Attaches a small PDF under any name. @throws Error no such application */
  attach(applicationId: number, filename: string, type: string): void {
    const { id, candidate } = this.application(applicationId)
    const file = { filename, type, bytes: samplePdf, createdAt: this.tick() }
    this.attachments.push({ id: this.nextId(), applicationId: id, candidateId: candidate.id, ...file })
  }

  touch(application: Application): void {
    const now = this.tick()
    Object.assign(application, { updatedAt: now, lastActivityAt: now })
    Object.assign(application.candidate, { updatedAt: now, lastActivityAt: now })
  }

  #job(nameOrId: string | number): Job {
    const jobs = [...this.jobs.values()]
    const known = jobs.find((job) => job.id === nameOrId || job.name === nameOrId)
    if (known === undefined && typeof nameOrId === 'number') throw new Error(`no job ${nameOrId}`)
    return known ?? this.addJob(String(nameOrId))
  }

  #addPerson({ firstName, lastName, email, emails, canEmail = true, isPrivate = false }: NewCandidate): Candidate {
    const now = this.tick()
    const candidate: Candidate = {
      id: this.nextId(),
      firstName,
      lastName,
      emails: emails ?? (email === undefined ? [] : [{ value: email, type: 'personal' }]),
      canEmail,
      isPrivate,
      customFields: new Map(),
      createdAt: now,
      updatedAt: now,
      lastActivityAt: now,
    }
    this.candidates.set(candidate.id, candidate)
    return candidate
  }

  #enter(application: Application, stageName: string): void {
    const row = application.stageRows.find(({ stage }) => stage.name === stageName)
    if (row === undefined) throw new Error(`the job has no stage ${stageName}`)
    this.touch(application)
    if (application.current !== undefined) application.current.exitedAt = application.updatedAt
    Object.assign(row, { enteredAt: application.updatedAt, exitedAt: null })
    application.current = row
  }
}
