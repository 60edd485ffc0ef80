import type { RawWebhook } from '../../src/ats/adapter.ts'
import type { atsDefinitions } from '../../src/ats/registry.ts'
import type { LapsedReason } from '../../src/domain/reasons.ts'
import type { StageChange } from '../../src/domain/stage-change.ts'
import type { FakeAnswer, FakeHttp } from './fake-http.ts'
import { greenhouseSubject } from './greenhouse-subject.ts'
import { leverSubject } from './lever-subject.ts'

/** A case of an application that is no longer wanted. */
export interface LapseCase {
  readonly title: string
  readonly lapsed: LapsedReason
  /** Whether name and e-mail are still given. */
  readonly isReadable: boolean
  readonly arrange: (fake: FakeHttp) => void
}

/** What the contract test must know of an ATS to put the same questions to each. */
export interface AtsSubject {
  /** Settings with every kind of target, written as an operator would. */
  settings(baseUrl: string): unknown
  /** The two secrets in those settings. */
  readonly secrets: readonly [string, string]
  /** A stage change, signed at run time over the very bytes it holds. */
  webhook(secret: string): RawWebhook
  /** The same webhook with another signature text; undefined: with none. */
  withSignature(webhook: RawWebhook, signature: string | undefined): RawWebhook
  /** The same webhook with one signed byte changed. */
  tampered(webhook: RawWebhook): RawWebhook
  /** Signed webhooks whose text has escapes that a parser would resolve. */
  escaped(secret: string): RawWebhook
  readonly stageChange: StageChange
  /** Expects the reads of an active application, and of those that lapse. */
  arrangeActive(fake: FakeHttp): void
  readonly lapses: readonly LapseCase[]
  readonly application: {
    readonly id: string
    readonly candidateId: string
    readonly name: string
    readonly email: string
  }
  /** Expects the first read of a load to fail so, with all that comes before and after it. */
  arrangeFailingRead(fake: FakeHttp, answer: FakeAnswer): void
  /** Expects what a wrong key leads to. */
  arrangeRefusedKey(fake: FakeHttp): void
  /** The call by which names of stages are read in the background, where webhooks have none. */
  readonly stageRead?: string
  /** Expects calls needed before the first read or write of an adapter. */
  arrangeBeforeRead(fake: FakeHttp): void
  arrangeBeforeWrite(fake: FakeHttp): void
  /** One line per target by its name: the call that writes, and where in its body the link stands. */
  readonly writes: Readonly<Record<string, { readonly line: string; readonly holdsLink: boolean }>>
  /** The call that lists notes, and its answer with these texts in it. */
  readonly noteList: { readonly line: string; answer(texts: readonly string[]): FakeAnswer }
  readonly noteTextOf: (body: string) => string
}

/** Every registered ATS must have one: a missing subject does not compile. */
export const atsSubjects = { greenhouse: greenhouseSubject, lever: leverSubject } satisfies Record<
  keyof typeof atsDefinitions,
  AtsSubject
>
