import { maskSecrets } from './mask-secrets.ts'

/**
 * The lines that change between two YAML texts, `- ` those that go and `+ ` those that come, with nothing around them
 * and no secret in them.
 */
export function difference(before: string, after: string): readonly string[] {
  const [old, now] = [linesOf(before), linesOf(after)]
  const [oldShown, nowShown] = [linesOf(maskSecrets(before)), linesOf(maskSecrets(after))]
  const common = commonLengths(old, now)
  const lines: string[] = []
  let [left, right] = [0, 0]
  while (left < old.length || right < now.length) {
    if (left < old.length && right < now.length && old[left] === now[right]) {
      left += 1
      right += 1
    } else if (
      right < now.length &&
      (left >= old.length || at(common, left, right + 1) >= at(common, left + 1, right))
    ) {
      lines.push(`+ ${nowShown[right] ?? ''}`)
      right += 1
    } else {
      lines.push(`- ${oldShown[left] ?? ''}`)
      left += 1
    }
  }
  return lines
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

const at = (table: readonly (readonly number[])[], row: number, column: number): number => table[row]?.[column] ?? 0

/** Length of the longest common run of lines from each pair of places to the ends. */
function commonLengths(old: readonly string[], now: readonly string[]): number[][] {
  const table = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0))
  for (let left = old.length - 1; left >= 0; left -= 1) {
    const row = table[left] ?? []
    for (let right = now.length - 1; right >= 0; right -= 1)
      row[right] =
        old[left] === now[right]
          ? at(table, left + 1, right + 1) + 1
          : Math.max(at(table, left + 1, right), at(table, left, right + 1))
  }
  return table
}
