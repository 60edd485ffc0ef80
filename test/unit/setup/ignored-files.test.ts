import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const top = fileURLToPath(new URL('../../..', import.meta.url))

function isIgnored(file: string): boolean {
  const { status, stderr } = spawnSync('git', ['check-ignore', '--no-index', '--quiet', file], { cwd: top })
  if (status === 0 || status === 1) return status === 0
  throw new Error(`git cannot tell: ${String(stderr)}`)
}

test('git ignores every file of secrets that the wizard makes, and not the example', () => {
  const made = ['.env', '.env.bak', '.env.4711.new', 'bridge.yaml', 'bridge.yaml.bak', 'bridge.yaml.4711.new']
  expect(made.filter((file) => !isIgnored(file))).toEqual([])
  expect(isIgnored('.env.example')).toBe(false)
})
