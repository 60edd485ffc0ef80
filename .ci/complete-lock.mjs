// Run after an `npm install` on a machine whose registry holds packages of one platform only: npm then leaves the other
// platforms' optional packages out of the lockfile, and `npm ci` refuses it everywhere. This adds them by name and
// version; their integrity is not known here, so it is left to the registry that has them.
import { readFileSync, writeFileSync } from 'node:fs'

const oses = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix']
const cpus = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el']

function platformOf(name) {
  const os = oses.find((one) => name.includes(one))
  const cpu = cpus.find((one) => name.includes(one))
  const libc = name.includes('musl') ? 'musl' : name.includes('gnu') ? 'glibc' : undefined
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) }
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`] || lock.packages[`${path}/node_modules/${name}`]) continue
    const dev = entry.dev ? { dev: true } : {}
    lock.packages[`node_modules/${name}`] = { version, ...dev, optional: true, ...platformOf(name) }
  }
}
const { '': root, ...rest } = lock.packages
const sorted = Object.entries(rest).sort(([left], [right]) => (left < right ? -1 : 1))
lock.packages = { '': root, ...Object.fromEntries(sorted) }
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
