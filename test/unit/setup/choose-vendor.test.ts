import { Agent } from 'undici'
import { expect, test } from 'vitest'
import { SetupFailedError } from '../../../src/setup/asker.ts'
import { chooseVendor } from '../../../src/setup/choose-vendor.ts'
import { EnvDraft } from '../../../src/setup/env-draft.ts'
import { silentAsker } from '../../../src/setup/silent-asker.ts'
import { cleanUpAfterEach } from '../../support/clean-up.ts'

const cleanUp = cleanUpAfterEach()

test.each([
  ['the sandbox’s by the real one', 'http://127.0.0.1:4010', 'https://api.interviewflowai.com/'],
  ['the real one by a sandbox’s', undefined, 'http://127.0.0.1:4010'],
])('an address of InterviewFlowAI as a flag replaces %s', async (_, before, vendorUrl) => {
  // Nothing here goes out: only what is asked matters.
  const offline = new Agent({ connect: (_options, done) => done(new Error('offline'), null) })
  cleanUp(() => offline.destroy())
  const draft = new EnvDraft({ INTERVIEWFLOW_API_KEY: 'a-key', INTERVIEWFLOW_BASE_URL: before }, '/nowhere/.env')
  const silent = silentAsker(() => undefined)
  await expect(chooseVendor(silent, { vendorUrl }, draft, offline)).rejects.toThrow(SetupFailedError)
  expect(draft.value('INTERVIEWFLOW_BASE_URL')).toBe(vendorUrl.replace(/\/$/, ''))
})
