import type { Route } from '../domain/connection.ts'
import { comparable } from '../domain/delivery.ts'

/** Where an application stands, as far as it is known: a webhook may name the stage by id only, and no job at all. */
export interface Place {
  readonly stageId: string
  readonly stageName?: string | undefined
  readonly jobId?: string | undefined
  readonly jobName?: string | undefined
}

type Match = 'yes' | 'no' | 'unknown'

function matchNames(wanted: readonly string[], id: string | undefined, name: string | undefined): Match {
  const names = wanted.map(comparable)
  if ([id, name].some((known) => known !== undefined && names.includes(comparable(known)))) return 'yes'
  return id === undefined || name === undefined ? 'unknown' : 'no'
}

/** Whether the place is in the route's stage; unknown while only the stage's id is known and the route names it. */
export function matchStage(route: Route, place: Place): Match {
  return matchNames([route.stage], place.stageId, place.stageName)
}

/** A job's id at Greenhouse or at Lever, and hardly a job's name. */
const jobId = /^(\d+|[\da-f-]{36})$/i

/** Whether the route covers the place's job; unknown while the route names jobs and the job's name is not known. */
export function matchJob(route: Route, place: Place): Match {
  if (route.jobs === undefined) return 'yes'
  const match = matchNames(route.jobs, place.jobId, place.jobName)
  const namesNone = route.jobs.every((job) => jobId.test(job.trim()))
  return match === 'unknown' && place.jobId !== undefined && namesNone ? 'no' : match
}

/**
 * The routes that a stage change may belong to. Where the webhook does not say enough, the route is kept: the load
 * step, which reads everything, decides.
 */
export function matchRoutes(routes: readonly Route[], connection: string, place: Place): Route[] {
  return routes.filter(
    (route) => route.connection === connection && matchStage(route, place) !== 'no' && matchJob(route, place) !== 'no',
  )
}
