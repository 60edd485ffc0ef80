import { testText } from '../alert/words.ts'
import type { AtsTools } from '../ats/adapter.ts'
import { postJson } from '../http/post-json.ts'
import { explainFailure } from './explain-failure.ts'
import { type Finding, fail, pass } from './finding.ts'

/** Whether alerts arrive, by sending one. The address is a secret and stands in no finding. */
export async function* alertFindings(
  address: string | undefined,
  dispatcher: AtsTools['dispatcher'],
): AsyncGenerator<Finding> {
  if (address === undefined) {
    yield fail('ALERT_WEBHOOK_URL is not set, so nobody is told', 'set it to an incoming webhook of your chat')
    return
  }
  try {
    const status = await postJson(dispatcher, address, { text: testText })
    yield status >= 200 && status < 300
      ? pass('a test message was taken; look whether it stands in the right channel')
      : fail(
          `the receiver of alerts answers ${status}`,
          'make a new incoming webhook there, and put its address into ALERT_WEBHOOK_URL',
        )
  } catch (error) {
    yield fail(
      `the receiver of alerts cannot be reached: ${explainFailure(error)}`,
      'look at ALERT_WEBHOOK_URL and at the way out of this machine',
    )
  }
}
