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

const otherStage = { greenhouse: 'Face to Face', lever: 'On-site interview' } as const

/** Adds people to the sandboxes and moves them about, as a recruiter does; remembers what was done. */
export class Recruiter {
  readonly applicants: Applicant[] = []
  readonly #sandboxes: Sandboxes
  #people = 0

  constructor(sandboxes: Sandboxes) {
    this.#sandboxes = sandboxes
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
    const applicant = { ats, ...ids, email: email.toLowerCase(), moves: [] }
    this.applicants.push(applicant)
    return applicant
  }

  #move(applicant: Applicant, stage: string): Told {
    const webhook = this.#webhook(applicant, stage)
    const movedAt = Date.now()
    applicant.moves.push({ at: movedAt, stage })
    return { applicant, webhook, movedAt, isWanted: stage === SANDBOX_STAGE }
  }

  #webhook({ ats, applicationId }: Applicant, stage: string): SignedWebhook {
    const { greenhouse, lever } = this.#sandboxes
    if (ats === 'greenhouse')
      return signedGreenhouseWebhook(greenhouse.move(Number(applicationId), stage), greenhouse.webhookSecret)
    const { event, data } = lever.move(applicationId, stage)
    return signedLeverWebhook(event, data, lever.signingToken)
  }
}
