/**
 * On every answer: nothing we say is a page unless its route says otherwise, nothing is guessed to be one, and nothing
 * is kept by what stands in between. Referrers stay on our own pages: without any, a browser would hide their origin
 * from the check on cross-site requests too.
 */
export const answerHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const
