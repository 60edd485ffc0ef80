import type { TestProject } from 'vitest/node'
import { requireServers } from './binaries.ts'
import { startPostgres } from './postgres-server.ts'
import { startRedis } from './redis-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A Redis of this project's own, set as production should be. */
    redisUrl: string
    /** A PostgreSQL of this project's own, superuser, database `postgres`. */
    postgresUrl: string
  }
}

/** Starts one server of each kind for a project's tests. @returns stops them */
// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
  requireServers()
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  project.provide('redisUrl', redis.url)
  project.provide('postgresUrl', postgres.url)
  return async () => {
    await Promise.all([redis.stop(), postgres.stop()])
  }
}
