/** A process that opens the embedded store in the folder given and stays: `node hold-folder.ts <folder>`. */
import { openEmbeddedStore } from '../../src/store/embedded.ts'

try {
  await openEmbeddedStore(process.argv[2] ?? '')
  process.stdout.write('open\n')
  setInterval(() => undefined, 60_000)
} catch (error) {
  process.stderr.write(`${error}\n`)
  process.exitCode = 1
}
