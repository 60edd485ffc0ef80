import type { Settings } from '../../config/settings.ts'
import { isLoopback } from '../../http/loopback.ts'
import { UsageError } from '../usage-error.ts'

/**
 * Where the running service is.
 * @param given value of `--url`; left out: where the service of these settings listens, seen from this machine
 * @returns without a slash at the end
 * @throws UsageError it is no address
 */
export function serviceUrl(given: string | undefined, settings: Pick<Settings, 'host' | 'port'>): string {
  if (given === undefined) return localUrl(settings)
  const url = URL.parse(given)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError('--url must be an address such as http://127.0.0.1:3000.')
  return given.replace(/\/+$/, '')
}

function localUrl({ host, port }: Pick<Settings, 'host' | 'port'>): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** Why the admin password may not be sent there, as the beginning of a sentence; undefined if it may. */
export function clearPassword(url: string): string | undefined {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || isLoopback(hostname)) return undefined
  return `The admin password would go to ${hostname} in clear: give an address that begins with https://`
}
