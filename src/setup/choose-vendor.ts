import type { AtsTools } from '../ats/adapter.ts'
import { urlProblem, withoutSlash } from '../config/addresses.ts'
import { interviewerShape } from '../config/bridge-document.ts'
import { apiKeyShape } from '../config/variables.ts'
import { explainFailure } from '../doctor/explain-failure.ts'
import { askVendor, takesKey, type VendorSays } from '../interview/inspect.ts'
import { type Asker, settle } from './asker.ts'
import type { EnvDraft } from './env-draft.ts'
import type { Answers, GuideContext } from './guide.ts'

/** Belongs to nobody: a question about it tells whether the key is taken. */
const NOBODY = '00000000-0000-4000-8000-000000000000'
const STANDARD_URL = 'https://api.interviewflowai.com'
const KEY = 'INTERVIEWFLOW_API_KEY'

/** Asks the vendor with what is known so far. */
export type AskVendor = (interviewer: string) => Promise<VendorSays>

/** Settles the vendor's key, tried at once. @returns what asks with it @throws SetupFailedError */
export async function chooseVendor(
  asker: Asker,
  answers: Answers,
  draft: EnvDraft,
  dispatcher: AtsTools['dispatcher'],
): Promise<AskVendor> {
  const standing = withoutSlash(draft.value('INTERVIEWFLOW_BASE_URL') ?? STANDARD_URL)
  const baseUrl = withoutSlash(answers.vendorUrl ?? standing)
  if (baseUrl !== standing) draft.keep('INTERVIEWFLOW_BASE_URL', baseUrl, 'Where InterviewFlowAI’s API is')
  if (answers.linkHost !== undefined)
    draft.keep('INTERVIEWFLOW_LINK_HOSTS', answers.linkHost, 'Further hosts that an interview link may have')
  const ask = (apiKey: string, interviewer: string) => askVendor({ apiKey, baseUrl, dispatcher }, interviewer)
  let doubt: string | undefined
  const apiKey = await settle(asker, {
    given: draft.value(KEY),
    ask: () => asker.secret({ message: 'InterviewFlowAI’s API key' }),
    problemOf: async (key) => {
      if (!apiKeyShape.test(key)) return 'A key has no blanks and no letters beyond ASCII: was it pasted whole?'
      const says = await asker.during('Asking InterviewFlowAI …', () => ask(key, NOBODY))
      if (says.kind === 'key-refused')
        return 'InterviewFlowAI refuses this key (401). Copy it again, or make a new one there.'
      if (says.kind === 'no-api') return `No API of InterviewFlowAI answers at ${baseUrl} (${says.status}).`
      doubt = takesKey(says) ? undefined : 'InterviewFlowAI does not say whether it takes the key.'
      return says.kind === 'no-answer' ? `InterviewFlowAI cannot be asked: ${cause(says)}.` : undefined
    },
  })
  draft.keep(KEY, apiKey, 'The account’s API key at InterviewFlowAI')
  if (doubt === undefined) asker.good('InterviewFlowAI accepts the key')
  else asker.say(doubt)
  return (interviewer) => ask(apiKey, interviewer)
}

const cause = ({ status, error }: { readonly status: number | undefined; readonly error: unknown }): string =>
  status === undefined ? explainFailure(error) : `it answered ${status}`

/** Settles the interviewer. @throws SetupFailedError */
export async function chooseInterviewer({ asker, answers, previous }: GuideContext, ask: AskVendor): Promise<string> {
  let doubt: string | undefined
  const interviewer = await settle(asker, {
    given: answers.interviewer,
    ask: () =>
      asker.text({
        message: 'Id of the interviewer at InterviewFlowAI (the last part of its page’s address)',
        initial: previous.interviewer ?? '',
      }),
    problemOf: async (id) => {
      if (!interviewerShape.test(id)) return 'An interviewer’s id has the form aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee.'
      const says = await asker.during('Asking InterviewFlowAI …', () => ask(id))
      if (says.kind === 'interviewer-unknown') return `InterviewFlowAI knows no interviewer ${id}.`
      doubt =
        says.kind === 'known'
          ? undefined
          : 'InterviewFlowAI does not say whether it knows this interviewer: compare the id once more.'
      return undefined
    },
  })
  if (doubt === undefined) asker.good('InterviewFlowAI knows this interviewer')
  else asker.say(doubt)
  return interviewer.toLowerCase()
}

/** Settles the address under which the outside reaches the service; none is an answer too. @throws SetupFailedError */
export async function chooseAddress(asker: Asker, answers: Answers, draft: EnvDraft): Promise<string | undefined> {
  const check = (url: string) => {
    const problem = url === '' ? undefined : urlProblem(url, { http: 'any', query: false })
    return problem === undefined ? undefined : `The address ${problem}.`
  }
  const url = await settle(asker, {
    given: answers.publicUrl ?? draft.value('PUBLIC_URL') ?? (asker.isInteractive ? undefined : ''),
    ask: () =>
      asker.text({
        message: 'Address under which the ATS will reach this service, https (empty: not known yet)',
        check,
      }),
    problemOf: (given) => Promise.resolve(check(given)),
  })
  if (url === '') return undefined
  const publicUrl = withoutSlash(url)
  draft.keep('PUBLIC_URL', publicUrl, 'How the outside reaches this service')
  asker.good(`Webhooks will come to ${publicUrl}`)
  return publicUrl
}
