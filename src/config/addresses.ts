import { isIP } from 'node:net'
import { isLoopback } from '../http/loopback.ts'
import { isNamedHost } from '../interview/link-host.ts'

/** What a URL in the configuration may be. */
export interface UrlRules {
  /** Hosts that may be plain http beside this machine; `any` for all. */
  readonly http: 'any' | readonly string[]
  readonly query: boolean
}

/** What is wrong with the address of a web service, or undefined. */
export function urlProblem(text: string, rules: UrlRules): string | undefined {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return 'must be an address that begins with https://'
  const httpAllowed = rules.http === 'any' || isLoopback(url.hostname) || isNamedHost(url, rules.http)
  if (url.protocol === 'http:' && !httpAllowed) return 'must begin with https:// (http:// only for this machine)'
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
  if (!rules.query && (url.search !== '' || url.hash !== '')) return 'must end before any "?" or "#"'
  return undefined
}

/** An address without the slashes at its end, so that a path can be put after it. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

/** An address that may be shown: scheme, host and path; no user, password or query. */
export function withoutSecrets(text: string): string {
  const url = URL.parse(text)
  return url === null ? 'set' : `${url.protocol}//${url.host}${url.pathname}`
}

/** Whether a text is a host, with a port or without. */
export function isHost(text: string): boolean {
  const url = URL.parse(`https://${text}`)
  return url !== null && /^[^/?#@\\*]+[^:]$/.test(text)
}

/** A list written in one variable: separated by commas, blanks ignored. */
export function commaList(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** What is wrong with one entry of TRUST_PROXY, or undefined. */
export function proxyProblem(entry: string): string | undefined {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(entry)) return undefined
  if (entry === 'true') return 'must not be "true": any sender could then claim any address; name the proxy’s addresses'
  if (/^\d+$/.test(entry))
    return 'must not be a number: Fastify 5 no longer counts proxies; name the proxy’s addresses instead'
  const [address = '', bits, ...rest] = entry.split('/')
  const version = isIP(address)
  const bitsFit = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  if (version !== 0 && bitsFit && rest.length === 0) return undefined
  return 'must be addresses or ranges (10.0.0.0/8) separated by commas, or loopback, linklocal, uniquelocal'
}
