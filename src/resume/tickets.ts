import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { SharedCache } from '../store/store.ts'

const LIFE_MS = 15 * 60_000
const TOKEN_BYTES = 32
const tokenForm = /^[\w-]{43}$/

const ticketSchema = z.object({
  connection: z.string(),
  applicationId: z.string(),
  resumeId: z.string(),
  deliveryId: z.string(),
})

/** What a token opens: one resume, for one delivery. Ids only. */
export type Ticket = Readonly<z.output<typeof ticketSchema>>

/** Tickets in the store, so that a worker makes them and any web process honours them. */
export interface Tickets {
  /** @returns the token, which is kept nowhere @throws StoreUnavailableError */
  issue(ticket: Ticket): Promise<string>
  /** @returns undefined for any text that is no token of ours, or no longer @throws StoreUnavailableError */
  find(token: string): Promise<Ticket | undefined>
}

/** Makes the tickets over the shared cache, which holds the tokens' hashes: what leaks from it opens nothing. */
export function makeTickets(cache: SharedCache): Tickets {
  const nameOf = (token: string) => `resume:${createHash('sha256').update(token).digest('hex')}`
  return {
    issue: async (ticket) => {
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      await cache.set(nameOf(token), JSON.stringify(ticket), LIFE_MS)
      return token
    },
    find: async (token) => {
      if (!tokenForm.test(token)) return undefined
      const text = await cache.get(nameOf(token))
      return text === undefined ? undefined : ticketSchema.safeParse(JSON.parse(text)).data
    },
  }
}
