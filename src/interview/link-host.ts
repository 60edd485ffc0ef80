/**
 * Makes what says whether an interview link may be shown to a recruiter: https on a host below the base URL's parent
 * domain, or on a host the operator named (those may be http, for sandboxes). A port counts as part of a named host where
 * one is given. It takes the address as the vendor gave it.
 * @param vendor.baseUrl the vendor's API, e.g. `https://api.interviewflowai.com`: its parent domain is the vendor's own
 */
export function makeLinkTrust(vendor: {
  readonly baseUrl: string
  readonly linkHosts: readonly string[]
}): (link: string) => boolean {
  const ownDomain = parentDomain(new URL(vendor.baseUrl).hostname)
  return (link) => {
    const url = URL.parse(link)
    if (url === null || url.username !== '' || url.password !== '') return false
    if (isNamedHost(url, vendor.linkHosts)) return url.protocol === 'https:' || url.protocol === 'http:'
    return url.protocol === 'https:' && url.port === '' && isBelow(url.hostname, ownDomain)
  }
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
