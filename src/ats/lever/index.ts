import { defineAts } from '../adapter.ts'
import { LeverClient, leverLimit } from './client.ts'
import { enteredAtLever } from './entered.ts'
import { loadFromLever } from './load.ts'
import { normalizeLever } from './normalize.ts'
import { leverOperations } from './operations.ts'
import { leverReads } from './reads.ts'
import { leverResumes } from './resumes.ts'
import { leverSettings } from './settings.ts'
import { StageDirectory } from './stage-directory.ts'
import { verifyLever } from './verify.ts'
import { leverTargets } from './write-back.ts'

/** Lever: webhooks in, Data API v1 out. */
export const lever = defineAts(
  leverSettings,
  { limit: leverLimit, operations: { lever: leverOperations } },
  (settings, tools) => {
    const client = new LeverClient(settings, tools)
    const reads = leverReads(client, tools)
    const stages = new StageDirectory(client, tools)
    return {
      verify: (webhook) => verifyLever(webhook, settings.signingTokens),
      normalize: (webhook) => normalizeLever(webhook, (stageId) => stages.nameOf(stageId)),
      load: (delivery) => loadFromLever(delivery, reads, settings),
      entered: enteredAtLever(client, tools),
      targets: leverTargets(settings, client, reads),
      resumes: leverResumes(client),
    }
  },
)
