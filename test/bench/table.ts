import { type Figure, isReached } from './harness.ts'

function shown(value: number | undefined, unit = ''): string {
  if (value === undefined) return ''
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return `${value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })}${unit && ` ${unit}`}`
}

function barOf({ bar, unit }: Figure): string {
  if (bar === undefined) return ''
  const { atLeast, atMost } = bar
  const [sign, value] = atLeast === undefined ? ['≤', atMost] : ['≥', atLeast]
  return `${sign} ${bar.of === 'ratio' ? `${shown(value)}×` : shown(value, unit)}`
}

function verdictOf(figure: Figure): string {
  const reached = isReached(figure)
  return reached === undefined ? '' : reached ? 'yes' : 'no'
}

/** The figures as a Markdown table. */
export function table(figures: readonly Figure[]): string {
  const head = ['part', 'figure', 'bridge', 'held against', 'ratio', 'bar', 'reached']
  const rows = figures.map((figure) => [
    ...[figure.part, figure.what, shown(figure.ours, figure.unit), shown(figure.ceiling, figure.unit)],
    ...[shown(figure.ratio), barOf(figure), verdictOf(figure)],
  ])
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  return [line(head), rule, ...rows.map(line)].join('\n')
}
