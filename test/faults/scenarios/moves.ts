import { setTimeout as pause } from 'node:timers/promises'
import { SANDBOX_STAGE } from '../../../src/sandbox/settings.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Applicant } from '../recruiter.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'

const MOST_MOVES = 6
/** Over which moves and webhooks are spread. The full hour of the real world adds nothing but time. */
const SPREAD_MS = 12_000
/** From reading the application to the create call. */
const READ_BEFORE_MS = 5_000

/** Whether the application was in the stage at a time, or at most `readBeforeMs` before. */
function wasIn({ moves }: Applicant, at: number, readBeforeMs: number): boolean {
  return moves.some((move, index) => {
    const leftAt = moves[index + 1]?.at ?? Number.POSITIVE_INFINITY
    return move.stage === SANDBOX_STAGE && move.at <= at && leftAt >= at - readBeforeMs
  })
}

function uncalledFor({ sandboxes, recruiter }: Stage, readBeforeMs: number): string[] {
  const byEmail = new Map(recruiter.applicants.map((applicant) => [applicant.email, applicant]))
  return sandboxes.vendor.calls
    .filter(({ operation, committed }) => operation === 'create' && committed)
    .flatMap(({ at, requestBody }) => {
      const applicant = byEmail.get((requestBody as { email: string }).email)
      return applicant && wasIn(applicant, at, readBeforeMs)
        ? []
        : [`an interview for ${applicant?.applicationId}, who was not there`]
    })
}

async function movedAbout(context: Context, store: SharedStore) {
  const { chance } = context
  return await onStage(context, { store }, async (stage) => {
    const { recruiter, sender } = stage
    const goesAbout = async (index: number) => {
      const applicant = recruiter.add(index % 10 === 9 ? 'lever' : 'greenhouse')
      const moves = Math.ceil(chance.next() * MOST_MOVES)
      const sendings: Promise<unknown>[] = []
      for (let move = 0; move < moves; move += 1) {
        await pause(chance.between(0, SPREAD_MS / MOST_MOVES))
        const told = move % 2 === 0 ? recruiter.moveIn(applicant) : recruiter.moveOut(applicant)
        // Late, each by its own time: they overtake one another.
        sendings.push(pause(chance.between(0, SPREAD_MS / 2)).then(() => sender.send(told)))
      }
      await Promise.all(sendings)
    }
    await Promise.all(Array.from({ length: context.scaled(500) }, (_, index) => goesAbout(index)))
    const tally = await stage.verdict(0, { ambiguousCreates: 0, quietWithinMs: 60_000 + context.scaled(500) * 500 })
    return { ...tally, problems: [...tally.problems, ...uncalledFor(stage, READ_BEFORE_MS * context.slack)] }
  })
}

export const f12: Scenario = {
  id: 'F12',
  title: 'moved in and out at random, webhooks late and out of order',
  run: async (context) => await onStores(context, (store) => movedAbout(context, store)),
}
