import type { DeadReason, RetryingReason, TroubleReason } from '../domain/reasons.ts'

/** As what deliveries die once credentials have been refused for too long: one trouble, before and after. */
export const endsOfRefusal = {
  'ats-refusing-key': 'ats-unauthorized',
  'vendor-refusing-key': 'vendor-unauthorized',
} as const satisfies Partial<Record<RetryingReason, DeadReason>>

type Refusal = keyof typeof endsOfRefusal

/** Whether a reason is that credentials are refused. */
export function isRefusal(reason: string): reason is Refusal {
  return Object.hasOwn(endsOfRefusal, reason)
}

/** What can be told of: credentials refused, deliveries that need a person, or trouble without deliveries. */
export type AlertReason = TroubleReason | Refusal | Exclude<DeadReason, (typeof endsOfRefusal)[Refusal]>

/** Something that an operator should know of, as it stands now. Ids of nobody, no link, no text from outside. */
export interface Trouble {
  /** Empty where it is nobody's own: the vendor's key, the store. */
  readonly connection: string
  readonly reason: AlertReason
  /** How many deliveries or people; 0 or 1 where nothing is counted. */
  readonly count: number
  /** How many of the deliveries wait for a person already. */
  readonly dead: number
  /** When it was first and last seen, epoch milliseconds, where that is known. */
  readonly first?: number
  readonly last?: number
}

/** What is grouped into one message. Neither part holds a blank. */
export function keyOf({ reason, connection }: Pick<Trouble, 'reason' | 'connection'>): string {
  return `${reason} ${connection}`
}

/** The two parts of a key. */
export function partsOf(key: string): Pick<Trouble, 'reason' | 'connection'> {
  const [reason = '', connection = ''] = key.split(' ')
  return { reason: reason as AlertReason, connection }
}
