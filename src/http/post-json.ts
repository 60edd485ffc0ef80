import type { Dispatcher } from 'undici'

/** For the whole exchange. */
const PATIENCE_MS = 10_000
/** Of an answer that nobody reads. */
const MAX_ANSWER_BYTES = 64 * 1024

/**
 * Tells an address something: one try, no redirects, whatever it answers is thrown away but for the status.
 * @returns the status
 * @throws what undici throws, also when there is no answer within 10 s
 */
export async function postJson(
  dispatcher: Dispatcher,
  address: string,
  json: unknown,
  signal?: AbortSignal,
): Promise<number> {
  const { origin, pathname, search } = new URL(address)
  const { statusCode, body } = await dispatcher.request({
    origin,
    path: pathname + search,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
    signal: AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(PATIENCE_MS)]),
  })
  await body.dump({ limit: MAX_ANSWER_BYTES })
  return statusCode
}
