import { type Finding, pass, warn } from './finding.ts'

/** Beyond this, replicas with clocks of their own disagree on what has expired. */
const TOLERATED_MS = 2_000
/** A `Date` header has whole seconds. */
const ROUGHNESS_MS = 1_000

/** What others' clocks said, less ours. */
export class Clocks {
  readonly #skews: { readonly whose: string; readonly skewMs: number }[] = []

  /** @param skewMs theirs less ours, exact */
  note(whose: string, skewMs: number): void {
    this.#skews.push({ whose, skewMs })
  }

  /** @param theirNow epoch milliseconds of a clock that tells whole seconds @param ourNow at the answer */
  noteRough(whose: string, theirNow: number | undefined, ourNow: number): void {
    if (theirNow === undefined) return
    const apart = theirNow - ourNow
    this.#skews.push({ whose, skewMs: apart > -2 * ROUGHNESS_MS && apart < ROUGHNESS_MS ? 0 : apart })
  }

  findings(): readonly Finding[] {
    if (this.#skews.length === 0) return [warn('no other clock could be asked', 'mend what fails above')]
    const wrong = this.#skews.filter(({ skewMs }) => Math.abs(skewMs) > TOLERATED_MS)
    const names = this.#skews.map(({ whose }) => whose).join(', ')
    if (wrong.length === 0) return [pass(`this machine’s clock agrees with ${names}`)]
    return wrong.map(({ whose, skewMs }) => {
      const word = skewMs > 0 ? 'behind' : 'ahead of'
      const message = `this machine’s clock is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${word} that of ${whose}`
      return warn(message, 'let both keep time by NTP')
    })
  }
}
