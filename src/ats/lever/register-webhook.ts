import { z } from 'zod'
import type { AtsTools } from '../adapter.ts'
import { LeverClient } from './client.ts'
import { leverSettings } from './settings.ts'

const configuration = z.object({ signatureToken: z.string().min(1) })

/** Documented with `data` twice, recorded with it once. @see lever.md section 1.1 */
const created = z.union([
  z.object({ data: z.object({ configuration }) }).transform(({ data }) => data.configuration.signatureToken),
  z
    .object({ data: z.object({ data: z.object({ configuration }) }) })
    .transform(({ data }) => data.data.configuration.signatureToken),
])

/**
 * Makes a webhook. Lever takes the same one twice and then sends everything twice: look first whether it is there.
 * @returns its signing token, which Lever tells this once
 * @throws RetryableError, PermanentError
 */
export async function registerLeverWebhook(
  settings: unknown,
  tools: AtsTools,
  webhook: { readonly event: string; readonly url: string },
): Promise<string> {
  const client = new LeverClient(leverSettings.parse(settings), tools)
  const { body } = await client.call({
    operation: 'create/webhook',
    method: 'POST',
    path: '/webhooks',
    json: webhook,
    schema: created,
  })
  return body
}
