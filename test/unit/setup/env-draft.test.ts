import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EnvDraft } from '../../../src/setup/env-draft.ts'
import { silentAsker } from '../../../src/setup/silent-asker.ts'
import { cleanUpAfterEach } from '../../support/clean-up.ts'

const cleanUp = cleanUpAfterEach()

describe('a variable that can be had only once', () => {
  test('is written at once and alone, and the copy stays what stood there before the run', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'bridge-env-'))
    cleanUp(() => rmSync(dir, { recursive: true }))
    const file = join(dir, '.env')
    const before = 'PUBLIC_URL=https://old.example.com\n'
    writeFileSync(file, before)
    const draft = new EnvDraft({ PUBLIC_URL: 'https://old.example.com' }, file)
    draft.keep('PUBLIC_URL', 'https://new.example.com')
    for (const name of ['LEVER_SIGNING_TOKEN', 'LEVER_SIGNING_TOKEN_2']) {
      draft.keep(name, 'a-token')
      draft.writeNow(name)
    }
    const tokens = 'LEVER_SIGNING_TOKEN=a-token\nLEVER_SIGNING_TOKEN_2=a-token\n'
    expect(readFileSync(file, 'utf8')).toBe(before + tokens)
    await draft.write(
      silentAsker(() => undefined),
      () => Promise.resolve(true),
    )
    expect(readFileSync(file, 'utf8')).toBe(`PUBLIC_URL=https://new.example.com\n${tokens}`)
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe(before)
  })
})
