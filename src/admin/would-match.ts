import { atsProfile } from '../ats/profiles.ts'
import type { Application, Lapsed } from '../domain/application.ts'
import type { Route } from '../domain/connection.ts'
import { PermanentError, RetryableError } from '../domain/errors.ts'
import type { DeliveryReason } from '../domain/reasons.ts'
import { matchJob, matchStage } from '../route/match-routes.ts'
import type { AdminTools, ShownConnection } from './admin-tools.ts'
import { idsToFind } from './find.ts'

const KNOWN_LOOKED_AT = 50

/** What would become of an application if it were moved now, as far as one connection can tell. */
export interface Match {
  readonly connection: ShownConnection
  /** Places in bridge.yaml of the routes that would take it, counted from 1. */
  readonly routes: readonly number[]
  /** Where it stands; absent where it could not be read. */
  readonly place?: { readonly stage: string; readonly job?: string }
  /** Why nothing would be delivered, or why it could not be read; `candidate-alone`: which application is meant is not known. */
  readonly reason?: DeliveryReason | 'candidate-alone'
}

/**
 * Reads an application in the ATS and asks the routes.
 * @param text its page's address, which tells the ATS too, or its id
 * @returns a line for each connection that may have it, so perhaps none; undefined: the text tells no id
 */
export async function wouldMatch(text: string, tools: AdminTools): Promise<readonly Match[] | undefined> {
  if (idsToFind(text).length === 0) return undefined
  const asked = tools.connections.map(async (connection): Promise<readonly Match[]> => {
    const applicationId = await applicationAt(connection, text.trim(), tools)
    if (applicationId === undefined) return []
    if (applicationId === 'candidate-alone') return [{ connection, routes: [], reason: 'candidate-alone' }]
    return [await matchAt(connection, applicationId, tools)]
  })
  const matches = (await Promise.all(asked)).flat()
  // A bare id is of one of the connections: the others need not say that they have nobody.
  const found = matches.filter(({ reason }) => reason !== 'gone')
  return found.length > 0 ? found : matches
}

/** Which application of the connection is meant, if any; of a candidate the newest that we know of. */
async function applicationAt(
  { name, ats }: ShownConnection,
  text: string,
  { journal }: AdminTools,
): Promise<string | undefined> {
  const known = async (q: string) => (await journal.list({ q, connection: name, limit: KNOWN_LOOKED_AT })).items
  const profile = atsProfile(ats)
  if (!URL.canParse(text)) {
    const id = (await known(text))[0]?.applicationId ?? text
    return profile?.isApplicationId(id) ? id : undefined
  }
  const { applicationId, candidateId } = profile?.idsIn(new URL(text)) ?? {}
  if (applicationId !== undefined || candidateId === undefined) return applicationId
  // Somebody else's application may have the same number.
  const theirs = (await known(candidateId)).find((entry) => entry.candidateId === candidateId)
  return theirs?.applicationId ?? 'candidate-alone'
}

async function matchAt(connection: ShownConnection, applicationId: string, tools: AdminTools): Promise<Match> {
  const { name, ats } = connection
  // All that is known before it is read; the routes are asked with what is read.
  const probe = { id: 'dlv_probe', routeId: '', interviewer: '', candidateId: '', stageId: '', receivedAt: tools.now() }
  let loaded: Application | Lapsed | undefined
  try {
    loaded = await tools.load({ ...probe, connection: name, ats, applicationId })
  } catch (error) {
    if (error instanceof RetryableError || error instanceof PermanentError)
      return { connection, routes: [], reason: error.reason }
    throw error
  }
  const application = loaded && ('lapsed' in loaded ? loaded.application : loaded)
  const routes = application === undefined ? [] : taking(application, name, tools.routes)
  return {
    connection,
    routes,
    ...(application && { place: placeOf(application) }),
    ...(loaded && 'lapsed' in loaded && { reason: loaded.lapsed }),
  }
}

function taking(application: Application, connection: string, routes: readonly Route[]): readonly number[] {
  return routes.flatMap((route, index) => {
    const fits = matchStage(route, application) === 'yes' && matchJob(route, application) === 'yes'
    return route.connection === connection && fits ? [index + 1] : []
  })
}

function placeOf({ stageId, stageName, jobId, jobName }: Application): NonNullable<Match['place']> {
  const job = jobName ?? jobId
  return { stage: stageName || stageId, ...(job !== undefined && { job }) }
}
