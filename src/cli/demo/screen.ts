import { clearLine, cursorTo, moveCursor } from 'node:readline'
import { styleText } from 'node:util'
import type { Outcome } from './play.ts'
import type { Scene } from './scenes.ts'

/** Shows the scenes as they are played. */
export interface Screen {
  /** The scene's state has changed. */
  update(index: number, state: string): void
  ended(index: number, outcome: Outcome): void
}

const WHO_WIDTH = 34
const SAYS_WIDTH = 40

/** A table whose rows change in place where there is a terminal that holds it; else one line a scene. */
export function makeScreen(scenes: readonly Scene[], out: NodeJS.WriteStream): Screen {
  // Without colours, by wish or by poor means, there is no moving about either.
  const fits = out.isTTY && out.hasColors() && out.rows > scenes.length + 2
  return fits ? liveTable(scenes, out) : plainLines(scenes, out)
}

const paint = (style: Parameters<typeof styleText>[0], text: string) =>
  styleText(style, text, { stream: process.stdout })

function label(scene: Scene, index: number): string {
  const number = String(index + 1).padStart(2)
  return `${number}  ${scene.ats.padEnd(10)}  ${toWidth(scene.who, WHO_WIDTH)}  ${toWidth(scene.says, SAYS_WIDTH)}`
}

function toWidth(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
}

function ending(outcome: Outcome): string {
  const mark = outcome.problems.length > 0 ? paint('red', '✗') : paint('green', '✓')
  const seconds = ((outcome.endedAfterMs ?? outcome.answeredAfterMs) / 1000).toFixed(2)
  const what = outcome.answer === 'duplicate' ? 'duplicate, nothing done twice' : (outcome.end ?? outcome.answer)
  return `${mark} ${what} ${paint('dim', `${seconds} s`)}`
}

function plainLines(scenes: readonly Scene[], out: NodeJS.WriteStream): Screen {
  return {
    update: () => {},
    ended: (index, outcome) => {
      const scene = scenes[index]
      if (scene) out.write(`${label(scene, index)}  ${ending(outcome)}\n`)
    },
  }
}

function liveTable(scenes: readonly Scene[], out: NodeJS.WriteStream): Screen {
  for (const [index, scene] of scenes.entries()) out.write(`${paint('dim', cut(label(scene, index), out))}\n`)
  const redraw = (index: number, state: string) => {
    const scene = scenes[index]
    if (!scene) return
    const up = scenes.length - index
    moveCursor(out, 0, -up)
    cursorTo(out, 0)
    clearLine(out, 0)
    out.write(`${label(scene, index)}  ${state}`)
    moveCursor(out, 0, up)
    cursorTo(out, 0)
  }
  return {
    update: (index, state) => redraw(index, paint('cyan', state)),
    ended: (index, outcome) => redraw(index, ending(outcome)),
  }
}

function cut(text: string, out: NodeJS.WriteStream): string {
  return text.slice(0, out.columns)
}
