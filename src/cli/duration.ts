import { UsageError } from './usage-error.ts'

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/**
 * Reads a length of time such as `90m`, `48h`, `7d` or `2w`.
 * @returns milliseconds
 * @throws UsageError
 */
export function parseDuration(text: string, flag: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,4})([mhdw])$/.exec(text.trim()) ?? []
  const unitMs = unitsMs[unit]
  if (count === undefined || unitMs === undefined)
    throw new UsageError(`${flag} takes a length of time such as 90m, 48h, 7d or 2w, not "${text}".`)
  return Number(count) * unitMs
}
