import type { Named } from '../ats/inspector.ts'
import { nearest } from '../config/nearest-key.ts'
import { comparable } from '../domain/delivery.ts'

const MAX_SHOWN = 8

/** Whether it is meant by its id, which nothing else has. */
export const isMeantById = ({ id }: Named, wanted: string): boolean => comparable(id) === comparable(wanted)

/** Whether somebody who writes `wanted` into `bridge.yaml` means this. */
export const isMeant = (item: Named, wanted: string): boolean =>
  isMeantById(item, wanted) || comparable(item.name) === comparable(wanted)

/**
 * Looks for several in a list and stops reading once all are settled.
 * @param wanted ids or names
 * @param isSettled whether what was found for one is all there can be; else all that bear its name are looked for
 * @returns what was found for each, never nothing, and all that was read
 */
export async function findNamed<Item extends Named>(
  list: AsyncIterable<Item>,
  wanted: readonly string[],
  isSettled: (item: Item, wanted: string) => boolean = () => true,
): Promise<{ readonly found: ReadonlyMap<string, readonly Item[]>; readonly read: readonly Item[] }> {
  const found = new Map<string, Item[]>()
  const read: Item[] = []
  const open = new Set(wanted)
  if (open.size === 0) return { found, read }
  for await (const item of list) {
    read.push(item)
    for (const one of [...open].filter((each) => isMeant(item, each))) {
      found.set(one, [...(found.get(one) ?? []), item])
      if (isSettled(item, one)) open.delete(one)
    }
    if (open.size === 0) break
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
