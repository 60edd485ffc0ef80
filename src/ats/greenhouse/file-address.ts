/** Hosts of Amazon S3, with the bucket in front or in the path. Balancers and other services have other endings. */
const s3Host = /^(?:[a-z0-9-]+\.)*s3(?:-accelerate)?(?:\.dualstack)?(?:[.-][a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com$/

/**
 * Whether the address of an attachment may be passed on to the vendor: https on Amazon S3, where Greenhouse keeps
 * files, or the connection's own address. We never fetch it ourselves.
 * @param baseUrl of the connection; plain http if that is allowed there
 * @see greenhouse.md section 1.8 (vendor's webhooks/_candidate_events, read 2026-11-23)
 */
export function isFileAddress(text: string, baseUrl: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') return false
  if (url.origin === new URL(baseUrl).origin) return true
  return url.protocol === 'https:' && url.port === '' && s3Host.test(url.hostname)
}
