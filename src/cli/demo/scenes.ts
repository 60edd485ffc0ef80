import { person } from '../../sandbox/people.ts'
import type { Sent } from '../../sandbox/send-webhook.ts'
import { SANDBOX_FIELD, SANDBOX_STAGE, SANDBOX_TAG } from '../../sandbox/settings.ts'
import { type DemoWorld, REFUSED_JOB } from './world.ts'

/** One thing that happens in an ATS, and what must come of it. */
export interface Scene {
  /** The invented person, or whoever sends. */
  readonly who: string
  readonly ats: 'greenhouse' | 'lever'
  readonly says: string
  send(): Promise<Sent>
  readonly expected: {
    readonly httpStatus: number
    /** The answer's `status` and, where there is one, `reason`. */
    readonly answer: string
    /** State and reason of the delivery in the end; absent where none is made or it is another scene's. */
    readonly end?: string
  }
  /** Where the link must stand in the end, and whether it does, exactly once. */
  linkPlaces(link: string): readonly { readonly place: string; readonly stands: boolean }[]
}

/** For scenes that end without a link. */
const noPlaces = () => []

const delivered = { httpStatus: 200, answer: 'queued', end: 'delivered: written' } as const

/** The demo's scenes in order: over a dozen people in both ATSs, and what goes wrong in a good year. */
export function makeScenes(world: DemoWorld): Scene[] {
  let next = 0
  const someone = () => person(next++)
  const moved = `moved to ${SANDBOX_STAGE}`

  const greenhouse = (job: string, says = moved, before?: () => void): Scene => {
    const who = someone()
    const { applicationId } = world.greenhouse.addCandidate({ ...who, job })
    return greenhouseScene(world, applicationId, `${who.firstName} ${who.lastName}, ${job}`, says, before)
  }
  const lever = (posting: string, says = moved, before?: () => void): Scene => {
    const { firstName, lastName, email } = someone()
    const name = `${firstName} ${lastName}`
    const { opportunityId } = world.lever.addOpportunity({ name, email, posting })
    return leverScene(world, opportunityId, `${name}, ${posting}`, says, before)
  }

  const first = greenhouse('Designer')
  const twice = someone()
  const both = world.greenhouse.addCandidate({ ...twice, job: 'Designer' })
  const second = world.greenhouse.addCandidate({ ...twice, candidateId: both.candidateId, job: 'Engineer' })
  const twiceName = `${twice.firstName} ${twice.lastName}`

  return [
    first,
    greenhouse('Engineer'),
    greenhouse('Account Manager'),
    lever('Data Analyst'),
    lever('Support Lead'),
    { ...first, says: 'the same webhook again', expected: { ...delivered, answer: 'duplicate' } },
    otherStage(world),
    greenhouseScene(world, both.applicationId, `${twiceName}, Designer`, moved),
    greenhouseScene(world, second.applicationId, `${twiceName}, Engineer`, 'moved too: one interview serves both'),
    greenhouse('Designer', 'Greenhouse says 429, Retry-After 1', () =>
      world.greenhouse.fault({ operation: 'create-note', kind: 'rate-limit', retryAfterS: 1 }),
    ),
    lever('Data Analyst', 'Lever says 429, Retry-After 1', () =>
      world.lever.fault({ operation: 'get-opportunity', kind: 'rate-limit', retryAfterS: 1 }),
    ),
    lever('Support Lead', 'InterviewFlowAI’s answer is lost', () =>
      world.vendor.fault({ operation: 'create', kind: 'drop-reply' }),
    ),
    movedOn(world),
    withoutEmail(world),
    {
      ...greenhouse(REFUSED_JOB, 'its route names an unknown interviewer'),
      expected: { ...delivered, end: 'dead: interviewer-not-found' },
      linkPlaces: noPlaces,
    },
    forged(world),
    lever('Data Analyst'),
    greenhouse('Engineer'),
  ]
}

function greenhouseScene(
  world: DemoWorld,
  applicationId: number,
  who: string,
  says: string,
  before?: () => void,
): Scene {
  const { greenhouse } = world
  let payload: ReturnType<typeof greenhouse.move> | undefined
  return {
    who,
    ats: 'greenhouse',
    says,
    send: async () => {
      before?.()
      payload ??= greenhouse.move(applicationId, SANDBOX_STAGE)
      return await greenhouse.sendWebhook(world.hook('greenhouse'), payload)
    },
    expected: delivered,
    linkPlaces: (link) => [
      {
        place: 'note',
        stands: hasOne(
          greenhouse.notesOf(applicationId).map((note) => String(note['body'])),
          link,
        ),
      },
      { place: 'field', stands: greenhouse.fieldOf(applicationId, SANDBOX_FIELD) === link },
    ],
  }
}

function leverScene(world: DemoWorld, opportunityId: string, who: string, says: string, before?: () => void): Scene {
  const { lever } = world
  return {
    who,
    ats: 'lever',
    says,
    send: async () => {
      before?.()
      return await lever.sendWebhook(world.hook('lever'), lever.move(opportunityId, SANDBOX_STAGE))
    },
    expected: delivered,
    linkPlaces: (link) => [
      { place: 'note', stands: hasOne(lever.noteTextsOf(opportunityId), link) },
      { place: 'link', stands: lever.linksOf(opportunityId).includes(link) },
      { place: 'tag', stands: lever.tagsOf(opportunityId).includes(SANDBOX_TAG) },
    ],
  }
}

function hasOne(notes: readonly string[], link: string): boolean {
  return notes.length === 1 && notes.every((note) => note.split('\n').includes(link))
}

function otherStage(world: DemoWorld): Scene {
  const { greenhouse } = world
  const { applicationId } = greenhouse.addCandidate({ ...person(30), job: 'Designer' })
  return {
    who: `${person(30).firstName} ${person(30).lastName}, Designer`,
    ats: 'greenhouse',
    says: 'moved to Face to Face',
    send: () => greenhouse.sendWebhook(world.hook('greenhouse'), greenhouse.move(applicationId, 'Face to Face')),
    expected: { httpStatus: 200, answer: 'ignored: no-route' },
    linkPlaces: noPlaces,
  }
}

/** Moved into the stage and out again before the webhook came: nobody is to be interviewed. */
function movedOn(world: DemoWorld): Scene {
  const { greenhouse } = world
  const { applicationId } = greenhouse.addCandidate({ ...person(31), job: 'Engineer' })
  const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
  greenhouse.move(applicationId, 'Offer')
  return {
    who: `${person(31).firstName} ${person(31).lastName}, Engineer`,
    ats: 'greenhouse',
    says: 'has moved on to Offer already',
    send: () => greenhouse.sendWebhook(world.hook('greenhouse'), payload),
    expected: { ...delivered, end: 'lapsed: moved-on' },
    linkPlaces: noPlaces,
  }
}

function withoutEmail(world: DemoWorld): Scene {
  const { firstName, lastName } = person(32)
  const { opportunityId } = world.lever.addOpportunity({ name: `${firstName} ${lastName}`, posting: 'Data Analyst' })
  const scene = leverScene(world, opportunityId, `${firstName} ${lastName}, Data Analyst`, 'has no e-mail address')
  return { ...scene, expected: { ...delivered, end: 'lapsed: no-email' }, linkPlaces: noPlaces }
}

function forged(world: DemoWorld): Scene {
  const { greenhouse } = world
  const { applicationId } = greenhouse.addCandidate({ ...person(33), job: 'Designer' })
  const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
  return {
    who: 'a stranger',
    ats: 'greenhouse',
    says: 'webhook with a wrong signature',
    send: () => greenhouse.sendWebhook(world.hook('greenhouse'), payload, { secret: 'not-the-secret' }),
    expected: { httpStatus: 401, answer: 'unauthorized' },
    linkPlaces: noPlaces,
  }
}
