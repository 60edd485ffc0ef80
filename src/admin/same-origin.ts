import type { FastifyRequest } from 'fastify'

/**
 * Whether a request that changes something comes from our own pages or from a script, not from another site's page,
 * which would carry the browser's stored password along. Browsers send `Sec-Fetch-Site` on https and loopback only;
 * elsewhere their `Origin` must be ours. Neither: no browser.
 * @see operators.md section 3.3
 */
export function isSameOrigin(request: FastifyRequest, publicUrl: string | undefined): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = request.headers
  if (origin === undefined) return true
  const ours = [
    `${request.protocol}://${request.host}`,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin]),
  ]
  return ours.includes(origin)
}
