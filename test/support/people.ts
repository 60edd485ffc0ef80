import type { NewCandidate } from '../../src/sandbox/greenhouse/model.ts'
import type { NewOpportunity } from '../../src/sandbox/lever/model.ts'
import { SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { deliveryIds } from './sent.ts'
import { untilTaken } from './until-taken.ts'
import type { World } from './world.ts'

let people = 0

/** An address that nobody else in this process has. */
export function freshEmail(): string {
  people += 1
  return `person-${people}@example.com`
}

/** Adds an invented person with an application for the job Designer to the Greenhouse sandbox. */
export function addCandidate({ greenhouse }: World, given: Partial<NewCandidate> = {}) {
  const email = freshEmail()
  const person = { firstName: 'Amara', lastName: 'Quillfeather', email, job: 'Designer', ...given }
  return { email, ...greenhouse.addCandidate(person) }
}

/** Adds an invented person with an opportunity for the posting Engineer to the Lever sandbox. */
export function addOpportunity({ lever }: World, given: Partial<NewOpportunity> = {}) {
  const email = freshEmail()
  return { email, ...lever.addOpportunity({ name: 'Bjarne Sandvik', email, posting: 'Engineer', ...given }) }
}

/** Moves the application into the routed stage and sends the webhook. @returns the delivery's id */
export async function moveIn(
  { greenhouse, hook }: World,
  applicationId: number,
  url = hook('greenhouse'),
): Promise<string> {
  const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
  const sent = await untilTaken(() => greenhouse.sendWebhook(url, payload))
  return deliveryIds(sent)[0] ?? `no delivery: ${sent.status}`
}

/** The same at Lever. */
export async function moveInAtLever(
  { lever, hook }: World,
  opportunityId: string,
  url = hook('lever'),
): Promise<string> {
  const event = lever.move(opportunityId, SANDBOX_STAGE)
  // Its time makes the delivery's id.
  const triggeredAt = Date.now()
  const sent = await untilTaken(() => lever.sendWebhook(url, event, { triggeredAt }))
  return deliveryIds(sent)[0] ?? `no delivery: ${sent.status}`
}
