/** What the vendor is asked for: one candidate's interview with one interviewer. */
export interface InterviewRequest {
  readonly interviewer: string
  readonly name: string
  /** Lower case. */
  readonly email: string
  readonly status?: 'shortlisted' | 'draft'
  /** A PDF the vendor can fetch without credentials. */
  readonly resumeUrl?: string
  readonly skills?: readonly string[]
  readonly customQuestions?: readonly string[]
  readonly additionalFields?: Readonly<Record<string, string | number | boolean>>
  /** The caller's references, returned in the vendor's result webhooks. */
  readonly metadata: Readonly<Record<string, string>>
}

/** The vendor's interview of one person with one interviewer. */
export interface Interview {
  readonly interviewId: string
  readonly link: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** How to recognise an interview that exists but whose link we do not hold. */
export interface InterviewSearch {
  readonly interviewer: string
  readonly email: string
  /** Additional field and value that identify the application exactly, where the operator made one. */
  readonly field?: { readonly name: string; readonly value: string }
  /** Address with `{id}` in place of the interview id, learned from earlier answers of the same account. */
  readonly linkPattern?: string
}

/** The AI-interview company behind our port. */
export interface InterviewVendor {
  /**
   * Creates the interview. At most once: never retried inside.
   * @param beforeSending asked right before the request leaves, after every wait; what it throws is thrown
   * @throws InterviewExistsError the vendor has one for this person and interviewer already
   * @throws RetryableError, PermanentError
   */
  create(request: InterviewRequest, beforeSending: () => void): Promise<Interview>
  /**
   * Looks for an interview by interviewer and e-mail; undefined when it is not there or its link cannot be known.
   * @throws RetryableError, PermanentError
   */
  find(search: InterviewSearch): Promise<Interview | undefined>
}
