import { chmodSync, copyFileSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'

/** A file's text, empty where there is none. */
export function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** Who may read and write a file; undefined where there is none. */
export function modeOf(file: string): number | undefined {
  return existsSync(file) ? statSync(file).mode & 0o777 : undefined
}

/** Writes a file whole or not at all. @param mode of a new file, less the umask; one in place of another has all of it */
export function replaceFile(file: string, text: string, mode: number): void {
  const made = `${file}.${process.pid}.new`
  writeFileSync(made, text, { mode, flag: 'wx' })
  if (existsSync(file)) chmodSync(made, mode)
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
