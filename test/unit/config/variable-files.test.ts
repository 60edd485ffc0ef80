import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, settingsOf, soundDocument } from './settings-of.ts'

const folder = mkdtempSync(join(tmpdir(), 'bridge-secrets-'))
function secretFile(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const withSecret = soundDocument.replace('[one]', `["\${HOOK_SECRET}"]`)

describe('a variable given as a file', () => {
  test('takes what stands in it, without the last line end', () => {
    const settings = settingsOf({ INTERVIEWFLOW_API_KEY: '', INTERVIEWFLOW_API_KEY_FILE: secretFile('key', 'k-1\n') })
    expect(settings.interviewflow.apiKey).toBe('k-1')
  })

  test('fills the document’s placeholders too', () => {
    const variables = { HOOK_SECRET_FILE: secretFile('hook', 'one two\r\n'), BRIDGE_CONFIG_YAML: withSecret }
    expect(settingsOf(variables).connections[0]?.settings).toMatchObject({ webhookSecrets: ['one two'] })
  })

  test.each([
    ['that is not there', join(folder, 'none'), 'ADMIN_PASSWORD_FILE', /cannot be read \(ENOENT\)/],
    ['that is empty', secretFile('empty', '\n'), 'ADMIN_PASSWORD_FILE', /which is empty/],
    ['of blanks alone', secretFile('blank', '  \n'), 'ADMIN_PASSWORD_FILE', /which is empty/],
  ])('%s is refused by its name', (_, file, where, message) => {
    const problems = problemsOf({ ADMIN_PASSWORD_FILE: file })
    expect(problems).toEqual([{ where, message: expect.stringMatching(message) }])
  })

  test('that cannot be read is one problem, not two', () => {
    const problems = problemsOf({ INTERVIEWFLOW_API_KEY: '', INTERVIEWFLOW_API_KEY_FILE: join(folder, 'none') })
    expect(problems.map(({ where }) => where)).toEqual(['INTERVIEWFLOW_API_KEY_FILE'])
  })

  test('and as itself is refused, in variables and in placeholders', () => {
    const file = secretFile('both', 'two')
    const problems = problemsOf({
      ADMIN_PASSWORD: 'one',
      ADMIN_PASSWORD_FILE: file,
      HOOK_SECRET: 'one',
      HOOK_SECRET_FILE: file,
      BRIDGE_CONFIG_YAML: withSecret,
    })
    expect(problems.map(({ where }) => where)).toEqual(['ADMIN_PASSWORD_FILE', 'connections.main.webhookSecrets[0]'])
    expect(JSON.stringify(problems)).not.toContain('"one"')
  })
})
