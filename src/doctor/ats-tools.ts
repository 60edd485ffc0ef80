import type { AtsTools } from '../ats/adapter.ts'
import { atsDefinitions } from '../ats/registry.ts'
import { makeBudget } from '../budget/budget.ts'
import { makeLogger } from '../ops/logger.ts'
import type { Borrowed } from './borrowed.ts'

/** What an adapter or inspector is given in a command: the same budget as in the service, nothing logged or counted. */
export function commandTools(
  connection: string,
  ats: keyof typeof atsDefinitions,
  { dispatcher, cache, now }: Borrowed & { readonly dispatcher: AtsTools['dispatcher'] },
): AtsTools {
  return {
    connection,
    dispatcher,
    cache,
    budget: makeBudget(connection, atsDefinitions[ats].limit, cache, now),
    // A command looks, and delivers nothing.
    paceOf: (limit) => makeBudget(`${connection}:beginnings`, limit, cache, now),
    log: makeLogger({ level: 'silent' }),
    now,
    observeCall: () => undefined,
  }
}

/** Whether there is such an ATS. */
export function isAts(name: string): name is keyof typeof atsDefinitions {
  return Object.hasOwn(atsDefinitions, name)
}
