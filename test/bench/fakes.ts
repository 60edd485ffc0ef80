import { startProgram } from './program.ts'

/** What the fakes are started with. */
export interface FakesOptions {
  /** Calls to Greenhouse in each window; left out: no limit. */
  readonly limit?: number
  readonly windowMs?: number
}

/** What the fakes were asked for. */
export interface FakesTally {
  readonly notes: number
  readonly creates: number
  /** Calls that Greenhouse answered, and those that it refused for its limit. */
  readonly calls: number
  readonly refused: number
  /** From the reset or release to the last note, milliseconds. */
  readonly lastNoteMs: number
  readonly windows: readonly { readonly number: number; readonly accepted: number }[]
}

/** Greenhouse and InterviewFlowAI in a process of their own. */
export interface Fakes {
  readonly url: string
  /** Lets the vendor's answers wait: whoever delivers stands still, with its queue filling behind it. */
  hold(): Promise<void>
  /** Lets them go; the time begins here. */
  release(): Promise<void>
  /** Forgets all that was counted. */
  reset(): Promise<void>
  untilNotes(count: number): Promise<FakesTally>
  /** When an application's note arrived, epoch milliseconds with fractions. */
  noteAt(applicationId: number): Promise<number | undefined>
  close(): Promise<void>
}

export async function startFakes(options: FakesOptions = {}): Promise<Fakes> {
  const program = await startProgram('fakes-program.ts', options)
  return {
    url: await program.call<string>('url'),
    hold: async () => await program.call('hold'),
    release: async () => await program.call('release'),
    reset: async () => await program.call('reset'),
    untilNotes: async (count) => await program.call('untilNotes', count),
    noteAt: async (applicationId) => await program.call('noteAt', applicationId),
    close: async () => await program.stop(),
  }
}
