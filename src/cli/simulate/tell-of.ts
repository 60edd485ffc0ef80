import type { AtsTools } from '../../ats/adapter.ts'
import { atsInspectors } from '../../ats/inspectors.ts'
import { atsDefinitions } from '../../ats/registry.ts'
import { calledAs } from '../../config/env.ts'
import type { ConnectionSettings, Settings } from '../../config/settings.ts'
import { commandTools, isAts } from '../../doctor/ats-tools.ts'
import { borrowed } from '../../doctor/borrowed.ts'
import { explainFailure } from '../../doctor/explain-failure.ts'
import { findNamed, whatThereIs } from '../../doctor/find-named.ts'
import { comparable } from '../../domain/delivery.ts'
import { inspectStore } from '../../store/inspect.ts'
import type { Told } from '../webhook-kits.ts'

/** The application cannot be told of; the message is a sentence. */
export class NothingToTellError extends Error {
  override readonly name = 'NothingToTellError'
}

interface Asked {
  readonly connection: ConnectionSettings
  readonly applicationId: string
  /** Name or id; else the stage it is in. */
  readonly stage: string | undefined
}

/**
 * Reads in the ATS what a webhook about an application would tell; name and address of the person are not kept.
 * @throws NothingToTellError
 */
export async function tellOf(
  { connection, applicationId, stage }: Asked,
  settings: Settings,
  dispatcher: AtsTools['dispatcher'],
): Promise<Told> {
  const { name, ats, settings: own } = connection
  if (!isAts(ats)) throw new NothingToTellError(`There is no ATS ${ats}.`)
  const store = inspectStore(settings.store).catch(() => undefined)
  try {
    const tools = commandTools(name, ats, { dispatcher, ...borrowed(store) })
    const loaded = await load(atsDefinitions[ats].create(own, tools), connection, applicationId)
    const { candidateId, jobId, jobName } = loaded
    const place = { applicationId, candidateId, jobId, jobName }
    if (stage === undefined || [loaded.stageId, loaded.stageName].map(comparable).includes(comparable(stage)))
      return { ...place, stageId: loaded.stageId, stageName: loaded.stageName }
    const stages = atsInspectors[ats](own, tools).stages(jobId === undefined ? undefined : [jobId])
    const { found, read } = await findNamed(stages, [stage])
    const target = found.get(stage)?.[0]
    if (target === undefined)
      throw new NothingToTellError(`The application’s job has no stage "${stage}"; ${whatThereIs(stage, read)}.`)
    return { ...place, stageId: target.id, stageName: target.name }
  } finally {
    await (await store)?.close()
  }
}

type Adapter = ReturnType<(typeof atsDefinitions)[keyof typeof atsDefinitions]['create']>

async function load(adapter: Adapter, { name, ats }: ConnectionSettings, applicationId: string) {
  const delivery = { id: 'simulate', connection: name, ats, routeId: '', interviewer: '', receivedAt: Date.now() }
  try {
    const loaded = await adapter.load({ ...delivery, applicationId, candidateId: '', stageId: '' })
    const application = 'lapsed' in loaded ? loaded.application : loaded
    if (application !== undefined) return application
  } catch (error) {
    throw new NothingToTellError(
      `The application cannot be read: ${explainFailure(error)}. See: ${calledAs()} doctor`,
      {
        cause: error,
      },
    )
  }
  throw new NothingToTellError(`${name} shows no application ${applicationId} with a person who can be written to.`)
}
