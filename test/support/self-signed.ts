import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireBinary } from './binaries.ts'

/** A certificate for localhost that vouches for itself, and its key: where the files are, until `remove`. */
export function selfSigned() {
  const dir = mkdtempSync(join(tmpdir(), 'bridge-tls-'))
  const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')]
  const subject = ['-subj', '/CN=localhost.example.com', '-addext', 'subjectAltName=DNS:localhost']
  const files = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', key, '-out', certificate]
  execFileSync(requireBinary('openssl'), ['req', '-x509', '-nodes', '-days', '2', ...files, ...subject], {
    stdio: 'ignore',
  })
  return { key, certificate, remove: () => rmSync(dir, { recursive: true, force: true }) }
}
