/** The clock of an answer's sender, epoch milliseconds, from its `Date` header. */
export function serverClock(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const { date } = headers
  const at = Date.parse(typeof date === 'string' ? date : '')
  return Number.isNaN(at) ? undefined : at
}
