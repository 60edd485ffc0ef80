import type { Route } from '../domain/connection.ts'
import { comparable, routeId } from '../domain/delivery.ts'
import type { RouteEntry } from './bridge-document.ts'
import { formatPath, type Problem } from './config-error.ts'
import { hint } from './nearest-key.ts'

/** A route of the document with its id. */
export function makeRoute(given: RouteEntry): Route {
  const { jobs, status, skills, customQuestions, additionalFields, applicationIdField, ...entry } = given
  return {
    ...entry,
    id: routeId(entry.connection, entry.stage, entry.interviewer),
    // With exactOptionalPropertyTypes an absent key must be absent.
    ...(jobs && { jobs }),
    ...(status && { status }),
    ...(skills && { skills }),
    ...(customQuestions && { customQuestions }),
    ...(additionalFields && { additionalFields }),
    ...(applicationIdField !== undefined && { applicationIdField }),
  }
}

/** Routes by their place in the document. */
export type PlacedRoutes = ReadonlyMap<number, Route>

/** What is wrong with the connection that an entry of `routes` names, or nothing. */
export function connectionProblems(entry: unknown, index: number, connections: readonly string[]): readonly Problem[] {
  const { connection } = (entry ?? {}) as { connection?: unknown }
  if (typeof connection !== 'string' || connections.includes(connection.trim()) || connection.trim() === '') return []
  const where = formatPath(['routes', index, 'connection'])
  return [{ where, message: `names a connection that is not there; ${hint(connection, connections)}` }]
}

/** Two routes with one id would share the memory that prevents doubles, so even with different jobs they are refused. */
export function doubleProblems(routes: PlacedRoutes): readonly Problem[] {
  const placed = [...routes]
  return placed.flatMap(([index, route]) => {
    const [earlier, first] = placed.find(([, { id }]) => id === route.id) ?? []
    if (first === undefined || earlier === index) return []
    const message = overlap(first.jobs, route.jobs)
      ? `covers the same candidates as routes[${earlier}]: connection, stage and interviewer are the same and the jobs overlap; take one of them out`
      : `has the same connection, stage and interviewer as routes[${earlier}]; make them one route that lists the jobs of both`
    return [{ where: formatPath(['routes', index]), message }]
  })
}

function overlap(left: readonly string[] | undefined, right: readonly string[] | undefined): boolean {
  if (left === undefined || right === undefined) return true
  const known = new Set(left.map(comparable))
  return right.some((job) => known.has(comparable(job)))
}
