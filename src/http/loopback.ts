/**
 * Whether a URL's host is this machine. Names below `localhost` are not taken for it: they are looked up like any other.
 */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
