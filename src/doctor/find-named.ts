import type { Named } from '../ats/inspector.ts'
import { nearest } from '../config/nearest-key.ts'
import { comparable } from '../domain/delivery.ts'

const MAX_SHOWN = 8

/** Whether somebody who writes `wanted` into `bridge.yaml` means this. */
export const isMeant = ({ id, name }: Named, wanted: string): boolean =>
  comparable(id) === comparable(wanted) || comparable(name) === comparable(wanted)

/**
 * Looks for several in a list and stops reading once all are found.
 * @param wanted ids or names
 * @returns what was found for each, and the names that were read
 */
export async function findNamed<Item extends Named>(
  list: AsyncIterable<Item>,
  wanted: readonly string[],
): Promise<{ readonly found: ReadonlyMap<string, Item>; readonly read: readonly Item[] }> {
  const found = new Map<string, Item>()
  const read: Item[] = []
  if (wanted.length === 0) return { found, read }
  for await (const item of list) {
    read.push(item)
    for (const one of wanted) if (!found.has(one) && isMeant(item, one)) found.set(one, item)
    if (found.size === new Set(wanted).size) break
  }
  return { found, read }
}

/** What to say where something is not there: the nearest name, or those there are. */
export function whatThereIs(wanted: string, read: readonly Named[]): string {
  const names = [...new Set(read.map(({ name }) => name.trim()))]
  if (names.length === 0) return 'none is shown to us'
  const near = nearest(wanted.trim(), names)
  if (near !== undefined) return `there is "${near}"`
  const shown = names.slice(0, MAX_SHOWN).map((name) => `"${name}"`)
  return `there is ${shown.join(', ')}${names.length > MAX_SHOWN ? ` and ${names.length - MAX_SHOWN} more` : ''}`
}
