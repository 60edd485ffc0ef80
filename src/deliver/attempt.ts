import type { TimelineEntry } from '../domain/delivery.ts'
import { reasonOf } from '../domain/errors.ts'
import type { RunEnd } from '../journal/journal.ts'

/** The steps 5 to 7 of the line. */
export const steps = ['load', 'interview', 'write-back'] as const
export type Step = (typeof steps)[number]

/** Told of every step that has ended: in its own word, and with the error if it failed. */
export type StepObserver = (step: Step, outcome: string, durationMs: number, error?: unknown) => void

interface AttemptTools extends Pick<Attempt, 'number' | 'advanced'> {
  readonly now: () => number
  readonly observeStep: StepObserver
}

/** What one attempt found out and did, gathered for the journal, whichever way it ends. */
export class Attempt {
  learned: RunEnd['learned'] = {}
  readonly timeline: TimelineEntry[] = []
  /** Counted from 1. */
  readonly number: number
  /** To be told when something is done, and remembered, that no later attempt need do again. */
  readonly advanced: () => Promise<void>
  readonly #now: () => number
  readonly #observeStep: StepObserver

  constructor({ now, observeStep, number, advanced }: AttemptTools) {
    this.number = number
    this.advanced = advanced
    this.#now = now
    this.#observeStep = observeStep
  }

  /** Notes a fact of a step in a fixed word. */
  note(step: Step, outcome: string, durationMs?: number): void {
    this.timeline.push({ at: this.#now(), step, outcome, ...(durationMs !== undefined && { durationMs }) })
  }

  /**
   * Runs one step and notes how it ended.
   * @param work gives the word for its outcome beside its value
   */
  async step<T>(step: Step, work: () => Promise<{ value: T; outcome: string }>): Promise<T> {
    const startedAt = performance.now()
    const elapsed = () => Math.round(performance.now() - startedAt)
    try {
      const { value, outcome } = await work()
      this.note(step, outcome, elapsed())
      this.#observeStep(step, outcome, elapsed())
      return value
    } catch (error) {
      const reason = reasonOf(error)
      this.timeline.push({ at: this.#now(), step, outcome: 'failed', ...(reason && { reason }), durationMs: elapsed() })
      this.#observeStep(step, 'failed', elapsed(), error)
      throw error
    }
  }
}
