export type Status = 'pass' | 'warn' | 'fail'

/** One thing found out. Holds no secret and nobody's name. */
export interface Finding {
  readonly status: Status
  /** What is so, without a full stop. */
  readonly message: string
  /** What to do about it; absent where there is nothing to do. */
  readonly fix?: string
}

/** What one check looks at; the findings appear as they are found. */
export interface Check {
  /** Part of the set-up it belongs to: `settings`, `store`, …, or a connection's name. Checks of one part stand together. */
  readonly check: string
  run(): AsyncIterable<Finding> | Iterable<Finding>
}

/** A finding with the part it belongs to. */
export interface Result extends Finding {
  readonly check: string
}

export const pass = (message: string): Finding => ({ status: 'pass', message })
export const warn = (message: string, fix: string): Finding => ({ status: 'warn', message, fix })
export const fail = (message: string, fix: string): Finding => ({ status: 'fail', message, fix })
