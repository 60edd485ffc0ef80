/** Ids that one parameter of a list takes. @see greenhouse.md section 2.3 */
export const MAX_IDS = 50

/** In parts that one call takes. */
export function chunks<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / MAX_IDS) }, (_, at) =>
    items.slice(at * MAX_IDS, (at + 1) * MAX_IDS),
  )
}
