import { makeBudget } from '../budget/budget.ts'
import type { Settings } from '../config/settings.ts'
import type { AtsAdapter, AtsDefinition, AtsTools } from './adapter.ts'
import { atsDefinitions } from './registry.ts'

/** What all connections share. */
type AdapterTools = Omit<AtsTools, 'connection' | 'budget'>

/** Makes each connection's adapter, with a budget of its own. @returns them by connection name */
export function makeAdapters(
  connections: Settings['connections'],
  tools: AdapterTools,
): ReadonlyMap<string, AtsAdapter> {
  return new Map(
    connections.map(({ name, ats, settings }) => {
      const definition = atsDefinition(ats)
      const budget = makeBudget(name, definition.limit, tools.cache, tools.now)
      return [name, definition.create(settings, { ...tools, connection: name, budget })]
    }),
  )
}

/** The ATS of a name that the configuration has been checked for. */
export function atsDefinition(ats: string): AtsDefinition {
  const definitions: Readonly<Record<string, AtsDefinition>> = atsDefinitions
  const definition = definitions[ats]
  if (!definition) throw new Error(`no ATS ${ats}`)
  return definition
}
