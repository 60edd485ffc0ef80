import { z } from 'zod'
import { deliveryStates } from '../domain/delivery.ts'
import { type DeliveryReason, isDeliveryReason } from '../domain/reasons.ts'

/** Query of `GET /api/deliveries`; an empty value is as good as none. */
export const deliveriesQuery = z.strictObject({
  state: z.enum(deliveryStates).exactOptional(),
  reason: z
    .custom<DeliveryReason>((value) => typeof value === 'string' && isDeliveryReason(value), 'unknown reason')
    .exactOptional(),
  connection: z.string().exactOptional(),
  q: z.string().trim().max(200).exactOptional(),
  cursor: z.string().max(200).exactOptional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** Body of `POST /api/candidates/forget`. The connection may be one that is no longer configured. */
export const forgetBody = z.strictObject({
  connection: z.string().min(1).max(200),
  candidateId: z.coerce.string().trim().min(1).max(200),
})

/** Drops the keys of a query that were left empty. */
export function withoutBlanks(query: unknown): unknown {
  return Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== ''))
}
