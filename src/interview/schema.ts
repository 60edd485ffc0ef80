import { z } from 'zod'

/** Answer to the create call; only what we use. @see interviewflow.md section 1 */
export const createdAnswer = z.object({
  data: z.object({ id: z.string().min(1), interviewLink: z.string().min(1), createdAt: z.string().optional() }),
})

const found = z.object({
  id: z.string().min(1),
  email: z.string(),
  interviewLink: z.string().min(1).optional().catch(undefined),
  createdAt: z.string().optional().catch(undefined),
})

/** One interview of the read-back call. */
export type FoundInterview = z.infer<typeof found>

/** Answer to the read-back call in either shape that is thinkable: its items as they came, and those that fit. */
export const foundAnswer = z
  .object({ data: z.union([z.array(z.unknown()), z.object({ candidates: z.array(z.unknown()) })]) })
  .transform(({ data }) => {
    const items = Array.isArray(data) ? data : data.candidates
    const interviews = items.map((item) => found.safeParse(item)).flatMap(({ data: item }) => (item ? [item] : []))
    return { items, interviews }
  })

/** One page of the read-back call. */
export type FoundPage = z.infer<typeof foundAnswer>

/** Body of a refusal, as far as it can be guessed. */
const refusal = z.object({ code: z.unknown(), message: z.unknown() }).partial()

// The name of such a field may be any word: nothing in the sentence is to be taken for what it says of itself.
const fieldWords = /\badditional ?fields?\b/i
const interviewerWords =
  /\b(job|interviewer)(s|_?id)?\b.*\b(not found|unknown|invalid|(does not|doesn['’]t) (exist|belong)|no such)\b|\b(no|no such|unknown|invalid) (job|interviewer)(s|_?id)?\b/i
const absentWords = /(\bnot|n['’]t) exist/i
const existsWords = /\b(already|exist(s|ed|ing)?|duplicated?)\b/i

/** The words of a code such as `CANDIDATE_EXISTS` or `candidateExists`. */
const wordsOfCode = (code: unknown) => `${code ?? ''}`.replaceAll(/[_-]|(?<=[a-z])(?=[A-Z])/g, ' ')

/**
 * What a refusal of the create call means. The vendor documents neither status nor body, so the words are read here
 * and nowhere else. @see interviewflow.md section 1, "unverified"
 */
export function refusalMeaning(status: number, answer: unknown): 'exists' | 'interviewer-not-found' | 'refused' {
  const parsed = refusal.safeParse(answer)
  const words = parsed.success ? `${wordsOfCode(parsed.data.code)} ${parsed.data.message ?? ''}` : ''
  if (status === 409) return 'exists'
  if (fieldWords.test(words)) return 'refused'
  if (status === 400 || status === 422) {
    if (interviewerWords.test(words)) return 'interviewer-not-found'
    if (existsWords.test(words) && !absentWords.test(words)) return 'exists'
  }
  return status === 404 ? 'interviewer-not-found' : 'refused'
}
