/**
 * The interviews that the vendor's sandbox keeps: one per interviewer and e-mail address.
 * @see interviewflow.md section 1
 */
import { randomUUID } from 'node:crypto'

/** An Interviewer of the account; the API calls its id `jobId`. */
export interface VendorInterviewer {
  readonly id: string
  /** A public one makes interviews `shortlisted` unless told otherwise, a private one `draft`. */
  readonly isPublic: boolean
}

/** An interview as the sandbox keeps it. */
export interface SandboxInterview {
  readonly id: string
  readonly interviewer: string
  readonly name: string
  /** Lower case. */
  readonly email: string
  readonly status: 'shortlisted' | 'draft'
  /** ISO 8601. */
  readonly createdAt: string
  readonly interviewLink: string
  readonly resumeUrl?: string | undefined
  readonly skills?: readonly string[] | undefined
  readonly customQuestions?: readonly string[] | undefined
  readonly additionalFields: Readonly<Record<string, string | number | boolean>>
  readonly metadata: Readonly<Record<string, unknown>>
}

/** What an interview is made of. */
export type NewInterview = Pick<SandboxInterview, 'interviewer' | 'name' | 'email'> &
  Partial<
    Pick<SandboxInterview, 'resumeUrl' | 'skills' | 'customQuestions' | 'additionalFields' | 'metadata'> & {
      readonly status: SandboxInterview['status'] | undefined
    }
  >

interface StoreOptions {
  readonly interviewers: readonly VendorInterviewer[]
  readonly additionalFields: readonly string[]
  readonly now: () => number
  readonly linkOrigin: () => string
}

/** Keeps the interviews in memory. */
export class InterviewStore {
  readonly additionalFields: readonly string[]
  readonly #options: StoreOptions
  readonly #interviews: SandboxInterview[] = []

  constructor(options: StoreOptions) {
    this.#options = options
    this.additionalFields = options.additionalFields
  }

  all(): readonly SandboxInterview[] {
    return this.#interviews
  }

  findInterviewer(id: string): VendorInterviewer | undefined {
    return this.#options.interviewers.find((interviewer) => interviewer.id.toLowerCase() === id.toLowerCase())
  }

  find(interviewer: string, email: string): SandboxInterview | undefined {
    const [wanted, address] = [interviewer.toLowerCase(), email.toLowerCase()]
    return this.#interviews.find((one) => one.email === address && one.interviewer === wanted)
  }

  /** Adds without asking whether there is one already. */
  add({ interviewer, name, email, ...given }: NewInterview): SandboxInterview {
    const id = randomUUID()
    const standard = this.findInterviewer(interviewer)?.isPublic === true ? 'shortlisted' : 'draft'
    const interview: SandboxInterview = {
      additionalFields: {},
      metadata: {},
      ...given,
      id,
      interviewer: interviewer.toLowerCase(),
      name,
      email: email.toLowerCase(),
      status: given.status ?? standard,
      createdAt: new Date(this.#options.now()).toISOString(),
      interviewLink: `${this.#options.linkOrigin()}/form?interviewId=${id}`,
    }
    this.#interviews.push(interview)
    return interview
  }

  clear(): void {
    this.#interviews.length = 0
  }
}
