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
  return originsOf(request, publicUrl).includes(origin)
}

/** What the service takes for its own origins: the one it was asked at, and the one it was told. */
export function originsOf(request: FastifyRequest, publicUrl: string | undefined): readonly string[] {
  const asked = `${request.protocol}://${request.host}`
  return publicUrl === undefined ? [asked] : [asked, new URL(publicUrl).origin]
}
