import { setTimeout as pause } from 'node:timers/promises'
import type { Chance } from './chance.ts'
import type { Told } from './recruiter.ts'

/** One try of the sender. */
export interface Answer {
  /** Epoch milliseconds of its beginning. */
  readonly at: number
  readonly durationMs: number
  /** Absent when nobody answered. */
  readonly status?: number
  readonly body?: { readonly status?: string; readonly reason?: string; readonly deliveries?: readonly string[] }
}

/** A webhook and every answer to it. */
export interface Sending {
  readonly told: Told
  readonly answers: readonly Answer[]
  /** Whether it was answered 200 at last. */
  readonly accepted: boolean
}

export interface SenderOptions {
  /** The replicas behind the load balancer, dead ones among them. */
  readonly urls: () => readonly string[]
  readonly chance: Chance
  /** How long the ATS waits for an answer. */
  readonly timeoutMs?: number
  /** How long it goes on sending what is not accepted; the real ones have fifteen hours. */
  readonly patienceMs?: number
}

/** Between two tries of one webhook; the real ATSs wait from a minute to eight hours. */
const RESEND_MS = [100, 600] as const

/** Sends webhooks as the ATSs do: the same bytes again until they are answered 200. */
export class Sender {
  readonly sendings: Sending[] = []
  readonly #options: SenderOptions

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** Sends until accepted or out of patience. */
  async send(told: Told): Promise<Sending> {
    return await this.sendOften(told, 1)
  }

  /** The same with so many copies at once; accepted if every one of them was. */
  async sendOften(told: Told, times: number): Promise<Sending> {
    const copies = await Promise.all(Array.from({ length: times }, () => this.#postUntilAccepted(told)))
    const accepted = copies.every((answers) => answers.at(-1)?.status === 200)
    const sending = { told, answers: copies.flat(), accepted }
    this.sendings.push(sending)
    return sending
  }

  async #postUntilAccepted(told: Told): Promise<readonly Answer[]> {
    const { chance, patienceMs = 60_000 } = this.#options
    const giveUpAt = performance.now() + patienceMs
    const answers: Answer[] = []
    for (;;) {
      const answer = await this.post(told)
      answers.push(answer)
      if (answer.status === 200 || performance.now() > giveUpAt) return answers
      await pause(chance.between(...RESEND_MS))
    }
  }

  /** One try, at a replica of the balancer's choice. */
  async post(told: Told): Promise<Answer> {
    const { chance, urls, timeoutMs = 10_000 } = this.#options
    const url = `${chance.pick(urls())}/webhooks/${told.applicant.ats}`
    const at = Date.now()
    const startedAt = performance.now()
    const durationMs = () => performance.now() - startedAt
    try {
      const { headers, body } = told.webhook
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
      const text = await response.text()
      const answer = { at, durationMs: durationMs(), status: response.status }
      return text.startsWith('{') ? { ...answer, body: JSON.parse(text) as NonNullable<Answer['body']> } : answer
    } catch {
      return { at, durationMs: durationMs() }
    }
  }

  /** Sends all of them, at most so many at once. */
  async sendAll(tolds: readonly Told[], atOnce: number): Promise<void> {
    const left = [...tolds]
    const lanes = Array.from({ length: atOnce }, async () => {
      for (let told = left.shift(); told !== undefined; told = left.shift()) await this.send(told)
    })
    await Promise.all(lanes)
  }

  /** Sends so many a second, whatever becomes of them, and waits for the last to be accepted. */
  async sendSteadily(tolds: readonly Told[], perSecond: number): Promise<void> {
    const startedAt = performance.now()
    const sending: Promise<Sending>[] = []
    for (const [index, told] of tolds.entries()) {
      await pause(Math.max(0, startedAt + (index * 1000) / perSecond - performance.now()))
      sending.push(this.send(told))
    }
    await Promise.all(sending)
  }

  get answers(): readonly Answer[] {
    return this.sendings.flatMap(({ answers }) => answers)
  }

  /** Milliseconds within which the given share of the answers of a status came; 0 where there was none. */
  quantile(status: number, share: number): number {
    const times = this.answers.filter((one) => one.status === status).map(({ durationMs }) => durationMs)
    return times.sort((left, right) => left - right)[Math.floor(times.length * share)] ?? 0
  }

  /** The slowest answer of a status, milliseconds; 0 where there was none. */
  longest(status: number): number {
    return Math.max(0, ...this.answers.filter((one) => one.status === status).map(({ durationMs }) => durationMs))
  }
}
