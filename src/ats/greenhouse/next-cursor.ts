/** The cursor alone is taken from the `Link` header: the address in it is not trusted with our token. */
export function nextCursor(header: string | string[] | undefined): string | undefined {
  const links = [header ?? []].flat().join(',')
  const address = /<([^>]*)>\s*;\s*rel="?next"?/.exec(links)?.[1]
  if (!address || !URL.canParse(address)) return undefined
  return new URL(address).searchParams.get('cursor') ?? undefined
}
