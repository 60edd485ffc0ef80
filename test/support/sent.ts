import type { Sent } from '../../src/sandbox/send-webhook.ts'

/** The deliveries that the answer to a webhook names. */
export function deliveryIds(sent: Sent | undefined): readonly string[] {
  return (sent?.body as { deliveries?: readonly string[] } | undefined)?.deliveries ?? []
}
