import type { LeverEvent } from '../../src/sandbox/lever/webhooks.ts'
import { person } from '../../src/sandbox/people.ts'
import { SANDBOX_STAGE, type Sandboxes } from '../../src/sandbox/settings.ts'
import { type SignedWebhook, signedGreenhouseWebhook, signedLeverWebhook } from '../../src/sandbox/sign.ts'

/** One application in one of the two ATSs, and where it has been. */
export interface Applicant {
  readonly ats: 'greenhouse' | 'lever'
  readonly applicationId: string
  /** Greenhouse's candidate, Lever's contact. */
  readonly candidateId: string
  /** Lower case. */
  readonly email: string
  /** Addresses of those who have become one with this person. */
  readonly otherEmails: string[]
  /** Stages entered since the first, oldest first. */
  readonly moves: { readonly at: number; readonly stage: string }[]
}

/** A stage change as the ATS tells it: the same bytes, however often they are sent. */
export interface Told {
  readonly applicant: Applicant
  readonly webhook: SignedWebhook
  /** When the move was made, epoch milliseconds. */
  readonly movedAt: number
  /** Whether the move was into the routed stage. */
  readonly isWanted: boolean
}

/** Stages of those who are no longer to be interviewed because the ATS has erased them. */
const erasedStage = { remove: 'removed', anonymise: 'anonymised' } as const

/** Whether the ATS has no such application any more. */
export const isRemoved = ({ moves }: Applicant) => moves.at(-1)?.stage === erasedStage.remove

const otherStage = { greenhouse: 'Face to Face', lever: 'On-site interview' } as const

/** Adds people to the sandboxes and moves them about, as a recruiter does; remembers what was done. */
export class Recruiter {
  readonly applicants: Applicant[] = []
  /** What the ATSs sign with. */
  secrets: Readonly<Record<Applicant['ats'], string>>
  readonly #sandboxes: Sandboxes
  #people = 0

  constructor(sandboxes: Sandboxes) {
    this.#sandboxes = sandboxes
    this.secrets = { greenhouse: sandboxes.greenhouse.webhookSecret, lever: sandboxes.lever.signingToken }
  }

  /** Adds a person nobody has seen before, with one application. */
  add(ats: Applicant['ats']): Applicant {
    const index = this.#people
    this.#people += 1
    return this.#apply(ats, index)
  }

  /** Adds a person with several applications, one per ATS named; those in one ATS are the same candidate's. */
  addOften(atss: readonly Applicant['ats'][]): Applicant[] {
    const index = this.#people
    this.#people += 1
    const candidates = new Map<Applicant['ats'], string>()
    return atss.map((ats) => {
      const applicant = this.#apply(ats, index, candidates.get(ats))
      candidates.set(ats, applicant.candidateId)
      return applicant
    })
  }

  /** Into the routed stage. */
  moveIn(applicant: Applicant): Told {
    return this.#move(applicant, SANDBOX_STAGE)
  }

  /** Into some other stage. */
  moveOut(applicant: Applicant): Told {
    return this.#move(applicant, otherStage[applicant.ats])
  }

  /** The ATS erases the person. Of an anonymised one Lever tells nothing, so that is Greenhouse's alone. */
  erase(applicant: Applicant, how: 'remove' | 'anonymise'): Told {
    const { greenhouse, lever } = this.#sandboxes
    const { ats, applicationId, candidateId } = applicant
    const webhook =
      ats === 'greenhouse'
        ? signedGreenhouseWebhook(greenhouse[how](Number(candidateId)), this.secrets.greenhouse)
        : this.#leverWebhook(lever.remove(applicationId))
    return this.#tell(applicant, webhook, erasedStage[how])
  }

  /** Greenhouse makes two candidates one: the application is the other one's from then on. */
  merge(applicant: Applicant, into: Applicant): Told {
    const { greenhouse } = this.#sandboxes
    const merged = greenhouse.merge(Number(applicant.candidateId), Number(into.candidateId))
    applicant.otherEmails.push(into.email)
    into.otherEmails.push(applicant.email)
    const webhook = signedGreenhouseWebhook(merged, this.secrets.greenhouse)
    return { applicant, webhook, movedAt: Date.now(), isWanted: false }
  }

  #apply(ats: Applicant['ats'], index: number, candidateId?: string): Applicant {
    const { greenhouse, lever } = this.#sandboxes
    const { firstName, lastName, email } = person(index)
    const ids = { applicationId: '', candidateId: '' }
    if (ats === 'greenhouse') {
      const given = candidateId === undefined ? {} : { candidateId: Number(candidateId) }
      const added = greenhouse.addCandidate({ firstName, lastName, email, job: 'Designer', ...given })
      Object.assign(ids, { applicationId: String(added.applicationId), candidateId: String(added.candidateId) })
    } else {
      const given = candidateId === undefined ? {} : { contactId: candidateId }
      const added = lever.addOpportunity({ name: `${firstName} ${lastName}`, email, posting: 'Designer', ...given })
      Object.assign(ids, { applicationId: added.opportunityId, candidateId: added.contactId })
    }
    const applicant = { ats, ...ids, email: email.toLowerCase(), otherEmails: [], moves: [] }
    this.applicants.push(applicant)
    return applicant
  }

  #move(applicant: Applicant, stage: string): Told {
    return this.#tell(applicant, this.#webhook(applicant, stage), stage)
  }

  #tell(applicant: Applicant, webhook: SignedWebhook, stage: string): Told {
    const movedAt = Date.now()
    applicant.moves.push({ at: movedAt, stage })
    return { applicant, webhook, movedAt, isWanted: stage === SANDBOX_STAGE }
  }

  #webhook({ ats, applicationId }: Applicant, stage: string): SignedWebhook {
    const { greenhouse, lever } = this.#sandboxes
    if (ats === 'greenhouse')
      return signedGreenhouseWebhook(greenhouse.move(Number(applicationId), stage), this.secrets.greenhouse)
    return this.#leverWebhook(lever.move(applicationId, stage))
  }

  #leverWebhook({ event, data }: LeverEvent): SignedWebhook {
    return signedLeverWebhook(event, data, this.secrets.lever)
  }
}
