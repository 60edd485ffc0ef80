import type { Answers } from '../../setup/guide.ts'
import type { guides } from '../../setup/set-up.ts'
import type { parseFlags } from '../arguments.ts'
import { UsageError } from '../usage-error.ts'

const text = { type: 'string' } as const
const yes = { type: 'boolean' } as const
/** The flags of `bridge setup`. */
export const flags = {
  connection: text,
  'public-url': text,
  stage: text,
  job: { type: 'string', multiple: true },
  interviewer: text,
  'send-resume': yes,
  secrets: text,
  'vendor-url': text,
  'link-host': text,
  'base-url': text,
  'auth-url': text,
  yes,
  'no-input': yes,
  'user-id': text,
  note: text,
  field: text,
  'perform-as': text,
  link: yes,
  tag: text,
  'register-webhook': yes,
} as const

/** What was given as flags. */
export type Given = ReturnType<typeof parseFlags<typeof flags>>

/** Flags that one ATS alone has. */
const ownFlags = {
  greenhouse: ['user-id', 'field', 'auth-url'],
  lever: ['perform-as', 'link', 'tag', 'register-webhook'],
} as const satisfies Record<keyof typeof guides, readonly (keyof Given)[]>

/** What would do nothing is refused. @throws UsageError a flag of another ATS is given */
export function refuseForeign(given: Given, ats: keyof typeof ownFlags): void {
  for (const [other, names] of Object.entries(ownFlags)) {
    const foreign = other === ats ? [] : names.filter((name) => given[name] !== undefined)
    if (foreign.length > 0)
      throw new UsageError(`${foreign.map((name) => `--${name}`).join(', ')}: only for ${other}, not for ${ats}.`)
  }
}

/** The flags as answers to the wizard’s questions. */
export function answersOf(given: Given): Answers {
  return {
    connection: given.connection,
    publicUrl: given['public-url'],
    userId: given['user-id'],
    performAs: given['perform-as'],
    stage: given.stage,
    jobs: given.job,
    interviewer: given.interviewer,
    note: given.note,
    field: given.field,
    link: given.link,
    tag: given.tag,
    sendResume: given['send-resume'],
    baseUrl: given['base-url'],
    authUrl: given['auth-url'],
    vendorUrl: given['vendor-url'],
    linkHost: given['link-host'],
    registerWebhook: given['register-webhook'],
    yes: given.yes,
  }
}
