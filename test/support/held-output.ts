/**
 * Preloaded by a process that is to hold still at a certain line of its output: once that line is written nothing runs
 * in it until a file is there, so that whoever reads the line has all the time for what is to happen then.
 * Loaded elsewhere it does nothing, and says how to load it.
 */
import { existsSync } from 'node:fs'

const PATTERN_VARIABLE = 'TEST_HOLD_AT'
const FILE_VARIABLE = 'TEST_HOLD_UNTIL_FILE'
const LOOK_AGAIN_MS = 20

/** What a process that holds at what matches, until the file is there, has in its environment. */
export function heldOutput(pattern: RegExp, untilFile: string): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--import=${import.meta.url}`,
    [PATTERN_VARIABLE]: pattern.source,
    [FILE_VARIABLE]: untilFile,
  }
}

// biome-ignore lint/style/noProcessEnv: not the product's configuration
const { [PATTERN_VARIABLE]: source, [FILE_VARIABLE]: file } = process.env
if (source !== undefined && file !== undefined) hold(new RegExp(source, 'm'), file)

function hold(pattern: RegExp, untilFile: string): void {
  const write = process.stdout.write.bind(process.stdout)
  const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  process.stdout.write = (text: string | Uint8Array) => {
    const hasRoom = write(text)
    if (pattern.test(String(text))) while (!existsSync(untilFile)) Atomics.wait(cell, 0, 0, LOOK_AGAIN_MS)
    return hasRoom
  }
}
