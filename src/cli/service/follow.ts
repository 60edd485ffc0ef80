import { setTimeout as pause } from 'node:timers/promises'
import { styleText } from 'node:util'
import { type Admin, fetchDelivery, type ShownDelivery } from './admin-client.ts'
import { reasonWords, stepWords } from './timeline-words.ts'

const LOOK_AGAIN_MS = 250
const finalStates = ['delivered', 'lapsed', 'dead']

const say = (line: string) => process.stdout.write(`${line}\n`)
const paint = (style: 'green' | 'red' | 'yellow', text: string) => styleText(style, text, { stream: process.stdout })

/**
 * Follows deliveries to their ends, or as far as they come in the time given, and tells what becomes of each.
 * @returns exit code: 1 where one is dead or still waiting
 * @throws AdminRefusedError
 */
export async function followAll(ids: readonly string[], admin: Admin, followMs: number): Promise<0 | 1> {
  const giveUpAt = performance.now() + followMs
  let code: 0 | 1 = 0
  for (const id of ids) {
    say(`\n    ${id}`)
    const end = await follow(() => fetchDelivery(admin, id), giveUpAt)
    tellEnd(end)
    if (end.state !== 'delivered' && end.state !== 'lapsed') code = 1
  }
  return code
}

/** Tells each step once, from the last time on that a person had it tried again. */
async function follow(look: () => Promise<ShownDelivery>, giveUpAt: number): Promise<ShownDelivery> {
  let told: number | undefined
  for (;;) {
    const delivery = await look()
    const { timeline, state } = delivery
    told ??= Math.max(
      0,
      timeline.findLastIndex(({ step }) => step === 'replay'),
    )
    for (const step of timeline.slice(told)) say(`    ${stepWords(step)}`)
    told = timeline.length
    if (finalStates.includes(state) || performance.now() >= giveUpAt) return delivery
    await pause(LOOK_AGAIN_MS)
  }
}

function tellEnd({ state, reason, interviewLink, nextAttemptAt }: ShownDelivery): void {
  const words = reason === null ? undefined : reasonWords(reason)
  const mark = state === 'delivered' ? paint('green', '✓') : state === 'dead' ? paint('red', '✗') : paint('yellow', '!')
  say(
    `  ${mark} ${state}${reason === null ? '' : ` (${reason})`}: ${words?.happened ?? 'Not ended yet.'} ${words?.toDo ?? ''}`.trimEnd(),
  )
  if (interviewLink !== null && state === 'delivered') say(`    ${interviewLink}`)
  if (nextAttemptAt !== null) say(`    It is tried again at ${nextAttemptAt}.`)
}
