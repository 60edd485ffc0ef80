import { chmodSync, copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** A file's text, empty where there is none. */
export function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** Writes a file whole or not at all. */
export function replaceFile(file: string, text: string, mode: number): void {
  const made = `${file}.${process.pid}.new`
  writeFileSync(made, text, { mode, flag: 'wx' })
  renameSync(made, file)
}

/**
 * Writes a file whole or not at all, keeping what was there before as `<file>.bak`.
 * @param mode of the file and its copy
 * @returns whether there is a copy
 */
export function saveFile(file: string, text: string, mode: number): boolean {
  const hasOld = existsSync(file)
  if (hasOld) {
    copyFileSync(file, `${file}.bak`)
    chmodSync(`${file}.bak`, mode)
  }
  replaceFile(file, text, mode)
  return hasOld
}
