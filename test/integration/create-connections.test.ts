import { expect, it } from 'vitest'
import { SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { startHoldingProxy } from '../support/holding-proxy.ts'
import { privateRedis } from '../support/private-stores.ts'
import { deliveryIds } from '../support/sent.ts'
import { untilTaken } from '../support/until-taken.ts'
import { startWorld } from '../support/world.ts'

const afterwards = cleanUpAfterEach()

it('each interview is asked for over a connection of its own', async () => {
  const place = await privateRedis()
  afterwards(() => place.remove())
  const world = await startWorld(place.settings, { settings: { role: 'web' } })
  afterwards(() => world.close())
  const { greenhouse, settings, vendor, api, hook } = world
  const proxy = await startHoldingProxy(settings.interviewflow.baseUrl)
  afterwards(() => proxy.close())
  await world.startReplica({ role: 'worker', interviewflow: { ...settings.interviewflow, baseUrl: proxy.url } })

  for (const firstName of ['Amara', 'Bela', 'Carla']) {
    const email = `${firstName.toLowerCase()}@example.com`
    const { applicationId } = greenhouse.addCandidate({ firstName, lastName: 'Quillfeather', email, job: 'Designer' })
    const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
    const sent = await untilTaken(() => greenhouse.sendWebhook(hook('greenhouse'), payload))
    await expect(api.settled(deliveryIds(sent)[0] ?? '')).resolves.toMatchObject({ state: 'delivered' })
  }
  expect(vendor.interviews()).toHaveLength(3)
  expect(proxy.connections()).toBe(3)
})
