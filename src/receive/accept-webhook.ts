import type { AtsAdapter, RawWebhook } from '../ats/adapter.ts'
import type { Route } from '../domain/connection.ts'
import { type Delivery, makeDelivery } from '../domain/delivery.ts'
import { InvalidSignatureError, NotJsonError, StillAtWorkError, StoreUnavailableError } from '../domain/errors.ts'
import type { IgnoredReason, RefusedReason } from '../domain/reasons.ts'
import type { StageChange } from '../domain/stage-change.ts'
import type { Erase } from '../erase/erase-person.ts'
import type { WebhookSubject } from '../journal/webhook-log.ts'
import { matchRoutes } from '../route/match-routes.ts'

/** What became of a webhook. */
export type Received =
  | { readonly status: 'queued' | 'duplicate'; readonly deliveries: readonly string[] }
  | { readonly status: 'erased' }
  | ({ readonly status: 'ignored'; readonly reason: IgnoredReason } & WebhookSubject)
  | { readonly status: 'unauthorized'; readonly reason: RefusedReason }
  | { readonly status: 'not-json' }
  | { readonly status: 'unknown-connection' }
  | { readonly status: 'unavailable' }

/** Why a webhook was refused before its body was read. */
export type RefusedUnread = 'body-too-large' | 'wrong-content-type'

export interface ReceiveTools {
  /** By connection name. */
  readonly adapters: ReadonlyMap<string, AtsAdapter>
  readonly atsOf: ReadonlyMap<string, string>
  readonly routes: readonly Route[]
  /** Queues durably. @returns whether the delivery was new @throws StoreUnavailableError */
  readonly enqueue: (delivery: Delivery) => Promise<boolean>
  /** Carries out a privacy event, durably. */
  readonly erase: Erase
  readonly now: () => number
}

/**
 * Steps 1 to 4 of the line: receive → verify → normalize → route ⇒ queue. What it answers decides whether the ATS
 * sends again, so `queued` is said only of what the store holds durably, and `erased` only of who is erased there.
 */
export async function acceptWebhook(connection: string, webhook: RawWebhook, tools: ReceiveTools): Promise<Received> {
  const adapter = tools.adapters.get(connection)
  const ats = tools.atsOf.get(connection)
  if (!adapter || ats === undefined) return { status: 'unknown-connection' }

  try {
    const change = adapter.normalize(adapter.verify(webhook))
    if ('ignored' in change) {
      const { ignored: reason, ...about } = change
      return { status: 'ignored', reason, ...about }
    }
    if ('erased' in change) {
      await tools.erase(connection, change)
      return { status: 'erased' }
    }
    const routes = matchRoutes(tools.routes, connection, change)
    if (routes.length === 0) return withoutRoute(change)

    const deliveries = routes.map((route) => makeDelivery(ats, route, change, tools.now()))
    const news = await Promise.all(deliveries.map(tools.enqueue))
    return { status: news.includes(true) ? 'queued' : 'duplicate', deliveries: deliveries.map(({ id }) => id) }
  } catch (error) {
    if (error instanceof InvalidSignatureError) return { status: 'unauthorized', reason: error.reason }
    if (error instanceof NotJsonError) return { status: 'not-json' }
    if (error instanceof StoreUnavailableError || error instanceof StillAtWorkError) return { status: 'unavailable' }
    throw error
  }
}

function withoutRoute(change: StageChange): Received {
  const { applicationId, candidateId, stageId, stageName: stage = stageId, jobId, jobName: job = jobId } = change
  return { status: 'ignored', reason: 'no-route', applicationId, candidateId, stage, job }
}
