import { setTimeout as pause } from 'node:timers/promises'
import { finalStates } from '../../domain/delivery.ts'
import type { Scene } from './scenes.ts'
import type { DemoWorld, Shown } from './world.ts'

/** How a scene went. */
export interface Outcome {
  readonly scene: Scene
  /** The answer to the webhook, e.g. `queued` or `ignored: no-route`. */
  readonly answer: string
  readonly answeredAfterMs: number
  /** State and reason of the delivery in the end, where there is one. */
  readonly end?: string
  readonly endedAfterMs?: number
  readonly link?: string
  /** Where the link stands. */
  readonly places: readonly string[]
  /** What is not as it should be, in words; empty when all is well. */
  readonly problems: readonly string[]
}

const POLL_MS = 50
const DEADLINE_MS = 30_000

/**
 * Sends the scene's webhook, follows its delivery to the end, and looks at what stands in the ATS.
 * @param show told the state whenever it changes
 * @throws Error `AbortError` it was stopped
 */
export async function play(
  scene: Scene,
  world: DemoWorld,
  signal: AbortSignal,
  show: (state: string) => void,
): Promise<Outcome> {
  signal.throwIfAborted()
  const startedAt = performance.now()
  const elapsed = () => performance.now() - startedAt
  const { status, body } = await scene.send()
  const answeredAfterMs = elapsed()
  const answer = answerOf(body)
  const problems = [
    ...(status === scene.expected.httpStatus
      ? []
      : [`answered ${status ?? 'nothing'} and not ${scene.expected.httpStatus}`]),
    ...(answer === scene.expected.answer ? [] : [`answered “${answer}” and not “${scene.expected.answer}”`]),
  ]
  show(answer)

  const [id] = (body as { deliveries?: readonly string[] } | undefined)?.deliveries ?? []
  if (id === undefined) return { scene, answer, answeredAfterMs, places: [], problems }
  const delivery = await follow(id, world, signal, show)
  const end = `${delivery.state}: ${delivery.reason ?? '?'}`
  if (end !== scene.expected.end) problems.push(`ended ${end} and not ${scene.expected.end ?? 'nothing'}`)

  const link = delivery.state === 'delivered' ? (delivery.interviewLink ?? undefined) : undefined
  const places = scene.linkPlaces(link ?? '')
  problems.push(...places.filter(({ stands }) => !stands).map(({ place }) => `no link in the ${place}`))
  return {
    scene,
    answer,
    answeredAfterMs,
    end,
    endedAfterMs: elapsed(),
    ...(link !== undefined && { link }),
    places: places.map(({ place }) => place),
    problems,
  }
}

/** @returns the delivery at its end, or as it is when the deadline passes */
async function follow(
  id: string,
  world: DemoWorld,
  signal: AbortSignal,
  show: (state: string) => void,
): Promise<Shown> {
  const giveUpAt = performance.now() + DEADLINE_MS
  for (;;) {
    const delivery = await world.delivery(id)
    show(delivery.reason === null ? delivery.state : `${delivery.state}: ${delivery.reason}`)
    const isFinal = [...finalStates].some((state) => state === delivery.state)
    if (isFinal || performance.now() > giveUpAt) return delivery
    await pause(POLL_MS, undefined, { signal })
  }
}

function answerOf(body: unknown): string {
  const { status = 'nothing', reason } = (body ?? {}) as { status?: string; reason?: string }
  return reason === undefined ? status : `${status}: ${reason}`
}
