/**
 * Whether an interview link may be shown to a recruiter: https on a host below the base URL's parent domain, or on a
 * host the operator named (those may be http, for sandboxes). A port counts as part of a named host where one is given.
 * @param link address as the vendor gave it
 * @param baseUrl the vendor's API, e.g. `https://api.interviewflowai.com`: its parent domain is the vendor's own
 */
export function isTrustedLink(link: string, baseUrl: string, linkHosts: readonly string[]): boolean {
  const url = URL.canParse(link) ? new URL(link) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') return false
  if (isNamedHost(url, linkHosts)) return url.protocol === 'https:' || url.protocol === 'http:'
  return url.protocol === 'https:' && url.port === '' && isBelow(url.hostname, parentDomain(new URL(baseUrl).hostname))
}

/** Whether a host is one of those that the operator named, lower case; a port there has to be the address's, too. */
export function isNamedHost(url: URL, hosts: readonly string[]): boolean {
  // An address does not show its scheme's own port.
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return hosts.some((host) => host === url.hostname || host === `${url.hostname}:${port}`)
}

function isBelow(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

/** `api.example.com` → `example.com`; a host of two labels, or an address, stands for itself. */
function parentDomain(host: string): string {
  const isAddress = /^[\d.]+$|^\[/.test(host)
  const labels = host.split('.')
  return isAddress || labels.length <= 2 ? host : labels.slice(1).join('.')
}
