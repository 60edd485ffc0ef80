import { defineAts } from '../adapter.ts'
import { greenhouseLimit, HarvestClient } from './client.ts'
import { enteredAtGreenhouse } from './entered.ts'
import { loadFromGreenhouse } from './load.ts'
import { normalizeGreenhouse } from './normalize.ts'
import { harvestOperations } from './operations.ts'
import { harvestReads } from './reads.ts'
import { greenhouseResumes } from './resumes.ts'
import { greenhouseSettings } from './settings.ts'
import { verifyGreenhouse } from './verify.ts'
import { greenhouseTargets } from './write-back.ts'

/** Greenhouse Recruiting: webhooks in, Harvest API v3 out. */
export const greenhouse = defineAts(
  greenhouseSettings,
  { limit: greenhouseLimit, operations: { greenhouse: harvestOperations, 'greenhouse-auth': ['token'] } },
  (settings, tools) => {
    const client = new HarvestClient(settings, tools)
    const reads = harvestReads(client, tools)
    return {
      verify: (webhook) => verifyGreenhouse(webhook, settings.webhookSecrets),
      normalize: normalizeGreenhouse,
      load: (delivery) => loadFromGreenhouse(delivery, reads, settings),
      entered: enteredAtGreenhouse(client, tools),
      targets: greenhouseTargets(settings, client),
      resumes: greenhouseResumes(client, settings),
    }
  },
)
