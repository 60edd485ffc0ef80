import type { IgnoredReason } from './reasons.ts'

/** The normalised fact that an application entered a stage. Ids only: names of people never leave the adapter. */
export interface StageChange {
  readonly applicationId: string
  readonly candidateId: string
  readonly stageId: string
  /** Absent where the webhook names the stage by id only and the name is not known yet. */
  readonly stageName?: string | undefined
  readonly jobId?: string | undefined
  readonly jobName?: string | undefined
  /** What tells this change from another one of the same application into the same stage; stays the same in a resend. */
  readonly mark: string
}

/** The same fact, learned by asking the ATS instead of being told. */
export interface StageEntry extends StageChange {
  /** By the ATS's clock, epoch milliseconds. */
  readonly enteredAt: number
}

/** A good webhook we have no business with. */
export interface Ignored {
  readonly ignored: IgnoredReason
  readonly applicationId?: string
  readonly candidateId?: string
}
