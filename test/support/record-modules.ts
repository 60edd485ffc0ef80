/**
 * Preloaded into a process by `--import`: writes the address of every module that is loaded, whether by import or by
 * require, to the file that its own address names: `record-modules.ts?file=/tmp/modules.txt`.
 */
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const file = new URL(import.meta.url).searchParams.get('file') ?? ''
registerHooks({
  load: (url, context, nextLoad) => {
    appendFileSync(file, `${url}\n`)
    return nextLoad(url, context)
  },
})
