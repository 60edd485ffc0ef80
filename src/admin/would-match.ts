import { atsProfile } from '../ats/profiles.ts'
import type { Application, Lapsed } from '../domain/application.ts'
import type { Route } from '../domain/connection.ts'
import { PermanentError, RetryableError } from '../domain/errors.ts'
import type { DeliveryReason } from '../domain/reasons.ts'
import { matchJob, matchStage } from '../route/match-routes.ts'
import type { AdminTools, ShownConnection } from './admin-tools.ts'
import { idsToFind } from './find.ts'

/** What would become of an application if it were moved now, as far as one connection can tell. */
export interface Match {
  readonly connection: ShownConnection
  /** Places in bridge.yaml of the routes that would take it, counted from 1. */
  readonly routes: readonly number[]
  /** Where it stands; absent where it could not be read. */
  readonly place?: { readonly stage: string; readonly job?: string }
  /** Why nothing would be delivered, or why it could not be read. */
  readonly reason?: DeliveryReason
}

/**
 * Reads an application in the ATS and asks the routes.
 * @param text its page's address, which tells the ATS too, or its id
 * @returns a line for each connection that may have it; undefined: the text tells no id
 */
export async function wouldMatch(text: string, tools: AdminTools): Promise<readonly Match[] | undefined> {
  if (idsToFind(text).length === 0) return undefined
  const asked = tools.connections.map(async (connection) => {
    const id = idAt(connection, text.trim())
    return id === undefined ? [] : [await matchAt(connection, await applicationOf(id, connection, tools), tools)]
  })
  const matches = (await Promise.all(asked)).flat()
  // A bare id is of one of the connections: the others need not say that they have nobody.
  const found = matches.filter(({ reason }) => reason !== 'gone')
  return found.length > 0 ? found : matches
}

function idAt({ ats }: ShownConnection, text: string): string | undefined {
  return URL.canParse(text) ? atsProfile(ats)?.idsIn(new URL(text))[0] : text
}

/** A page's address may tell the candidate alone: then their newest application that we know of is meant. */
async function applicationOf(id: string, { name }: ShownConnection, { journal }: AdminTools): Promise<string> {
  const [newest] = (await journal.list({ q: id, connection: name, limit: 1 })).items
  return newest?.applicationId ?? id
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
