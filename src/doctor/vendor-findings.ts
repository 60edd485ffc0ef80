import { takesKey, type VendorSays } from '../interview/inspect.ts'
import { explainFailure } from './explain-failure.ts'
import { type Finding, fail, pass, warn } from './finding.ts'

const NEW_KEY = 'put a working key into INTERVIEWFLOW_API_KEY'
const CORRECT =
  'correct the route’s interviewer in bridge.yaml: its id stands in the address of its page at InterviewFlowAI'

/** What the vendor's answers mean, one for each interviewer that a route names. */
export function vendorFindings(answers: ReadonlyMap<string, VendorSays>): readonly Finding[] {
  const all = [...answers]
  if (all.some(([, { kind }]) => kind === 'key-refused'))
    return [fail('InterviewFlowAI refuses the key (401)', NEW_KEY)]
  const elsewhere = all.find(([, { kind }]) => kind === 'no-api')?.[1]
  if (elsewhere?.kind === 'no-api')
    return [
      fail(
        `no API of InterviewFlowAI answers at INTERVIEWFLOW_BASE_URL (${elsewhere.status})`,
        'correct INTERVIEWFLOW_BASE_URL; left out, it is InterviewFlowAI’s own address',
      ),
    ]
  const known = all.filter(([, { kind }]) => kind === 'known').length
  const isKeyTaken = all.some(([, says]) => takesKey(says))
  return [
    ...(isKeyTaken ? [pass(`key accepted; ${known} of ${all.length} interviewers known`)] : []),
    ...all.flatMap(([interviewer, says]) => interviewerFindings(interviewer, says, known > 0)),
  ]
}

/** @param readBackWorks whether it told of another interviewer: then a refusal speaks of this one */
function interviewerFindings(interviewer: string, says: VendorSays, readBackWorks: boolean): readonly Finding[] {
  if (says.kind === 'interviewer-unknown' || (says.kind === 'not-told' && readBackWorks))
    return [fail(`InterviewFlowAI knows no interviewer ${interviewer}`, CORRECT)]
  if (says.kind === 'not-told')
    return [
      warn(
        `InterviewFlowAI answers ${says.status} for interviewer ${interviewer}: it does not know this interviewer, the account has no read-back, or INTERVIEWFLOW_BASE_URL is wrong`,
        'compare both with what stands at InterviewFlowAI; without read-back a link that gets lost on its way must be given by hand',
      ),
    ]
  if (says.kind === 'no-answer')
    return [
      fail(
        `InterviewFlowAI cannot be asked about interviewer ${interviewer}: ${says.status === undefined ? explainFailure(says.error) : `it answered ${says.status}`}`,
        'look at INTERVIEWFLOW_BASE_URL and at the way out of this machine',
      ),
    ]
  return []
}
