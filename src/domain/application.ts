import type { LapsedReason } from './reasons.ts'

/** An application as the ATS holds it now. Lives in memory only. */
export interface Application {
  readonly id: string
  readonly candidateId: string
  readonly jobId?: string
  readonly jobName?: string
  readonly stageId: string
  readonly stageName: string
  /** The candidate's full name. */
  readonly name: string
  /** Lower case, trimmed, of a usable shape. */
  readonly email: string
  /** What stands at each configured write target now, by the target's name; absent where nothing does. */
  readonly standing: Readonly<Record<string, string | undefined>>
}

/** The delivery is no longer wanted. */
export interface Lapsed {
  readonly lapsed: LapsedReason
  /** The application, where it could still be read: an interview that exists already is finished all the same. */
  readonly application?: Application
}
