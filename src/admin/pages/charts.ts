import { type Html, html } from '../html.ts'
import { number } from '../words.ts'

const WIDTH = 480
const HEIGHT = 64

/** A value of a chart and what it is the value of. */
export interface Point {
  readonly label: string
  readonly value: number
}

function frame(title: string, summary: string, shapes: readonly Html[], top: string): Html {
  return html`<figure><figcaption>${title}<span class="small">${summary}</span></figcaption>
<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}: ${summary}" preserveAspectRatio="none">${shapes}</svg>
<span class="small scale">${top}</span></figure>`
}

/** Bars, one for each point. The numbers are said in the figure's caption and by each bar's title. */
export function bars(title: string, points: readonly Point[], summary: string): Html {
  const most = Math.max(1, ...points.map(({ value }) => value))
  const step = WIDTH / Math.max(1, points.length)
  const shapes = points.map(({ label, value }, index) => {
    const height = value === 0 ? 1 : Math.max(3, (value / most) * (HEIGHT - 2))
    const x = (index * step + 1).toFixed(1)
    return html`<rect x="${x}" y="${(HEIGHT - height).toFixed(1)}" width="${(step - 2).toFixed(1)}" height="${height.toFixed(1)}"${value === 0 ? html` class="none"` : ''}><title>${label}: ${number(value)}</title></rect>`
  })
  return frame(title, summary, shapes, `24 h ago … now · most in one hour ${number(most)}`)
}

/** A line through points that are equally far apart. @param top words for the highest value */
export function line(title: string, values: readonly number[], summary: string, top: string): Html {
  const most = Math.max(1, ...values)
  const step = WIDTH / Math.max(1, values.length - 1)
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`,
  )
  const shape = html`<polyline points="${points.join(' ')}"/>`
  return frame(title, summary, values.length > 1 ? [shape] : [], top)
}
