/** A process that takes the embedded store's folder given and stays: `node hold-folder.ts <folder>`. */
import { FolderInUseError, lockFolder } from '../../src/store/embedded-lock.ts'

try {
  lockFolder(process.argv[2] ?? '')
  process.stdout.write('open\n')
  setInterval(() => undefined, 60_000)
} catch (error) {
  if (!(error instanceof FolderInUseError)) throw error
  process.exitCode = 1
}
