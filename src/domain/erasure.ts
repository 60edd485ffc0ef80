/** The ATS says that a person, or one application of theirs, has been erased, or has become another one. Ids only. */
export interface Erasure {
  readonly erased: { readonly candidateId: string } | { readonly applicationId: string }
  /** The candidate who lives on, where two became one. */
  readonly mergedInto?: string
}

/** What an erasure took. */
export interface Erased {
  /** Records that no longer name the person. */
  readonly deliveries: number
  readonly interviews: number
  /** Memories of what was written back, by application and route. */
  readonly writeBacks: number
}
