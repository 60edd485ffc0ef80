import { type AlertReason, keyOf, type Trouble } from './trouble.ts'

/** Those of one connection and one reason in one, with what they count together. */
export function gathered(troubles: readonly Trouble[]): Trouble[] {
  const byKey = new Map<string, Trouble>()
  for (const one of troubles) {
    const known = byKey.get(keyOf(one))
    byKey.set(keyOf(one), known ? joined(known, one) : one)
  }
  return [...byKey.values()]
}

function joined(one: Trouble, other: Trouble): Trouble {
  const times = [one.first, one.last, other.first, other.last].filter((at) => at !== undefined)
  const span = times.length > 0 && { first: Math.min(...times), last: Math.max(...times) }
  return { ...one, count: one.count + other.count, dead: one.dead + other.dead, ...span }
}

const effects: Readonly<Partial<Record<AlertReason, readonly AlertReason[]>>> = {
  'ats-refusing-key': ['sweep-late', 'sweep-gap', 'stuck'],
  'vendor-refusing-key': ['stuck'],
  stuck: ['sweep-late'],
}

/** Without what another trouble of the same connection, or one that is everybody's, explains. */
export function withoutEffects(troubles: readonly Trouble[]): Trouble[] {
  const causes = (reason: AlertReason) => troubles.filter((one) => effects[one.reason]?.includes(reason))
  return troubles.filter(
    ({ reason, connection }) => !causes(reason).some((one) => one.connection === connection || one.connection === ''),
  )
}
