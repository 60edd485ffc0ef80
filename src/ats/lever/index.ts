import { currentPurpose } from '../../budget/purpose.ts'
import { defineAts } from '../adapter.ts'
import { LeverClient, leverLimit, leverPace } from './client.ts'
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
    const targets = leverTargets(settings, client, reads)
    // One read and one write for each target; what else it asks for is remembered, or rare.
    const pace = tools.paceOf(leverPace(1 + targets.length))
    return {
      verify: (webhook) => verifyLever(webhook, settings.signingTokens),
      normalize: (webhook) => normalizeLever(webhook, (stageId) => stages.nameOf(stageId)),
      begin: () => pace.take(currentPurpose()),
      load: (delivery) => loadFromLever(delivery, reads, settings),
      entered: enteredAtLever(client, tools),
      targets,
      resumes: leverResumes(client),
    }
  },
)
