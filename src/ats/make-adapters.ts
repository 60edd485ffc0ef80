import { makeBudget } from '../budget/budget.ts'
import type { Limit } from '../budget/limit.ts'
import type { Settings } from '../config/settings.ts'
import type { AtsAdapter, AtsDefinition, AtsTools } from './adapter.ts'
import type { AtsInspector, InspectorFactory } from './inspector.ts'
import { atsInspectors } from './inspectors.ts'
import { atsDefinitions } from './registry.ts'

/** What all connections share. */
export type AdapterTools = Omit<AtsTools, 'connection' | 'budget' | 'paceOf'> & {
  /** Told how long a delivery is made to wait for a connection's limit. */
  readonly observeWait: (connection: string, ms: number) => void
}

/** Makes each connection's adapter, with a budget of its own. @returns them by connection name */
export function makeAdapters(
  connections: Settings['connections'],
  tools: AdapterTools,
): ReadonlyMap<string, AtsAdapter> {
  return new Map(
    connections.map(({ name, ats, settings }) => [
      name,
      atsDefinition(ats).create(settings, atsTools(name, ats, tools)),
    ]),
  )
}

/** Makes what looks at a connection's account for a person; its calls keep to the limit as the line's do. */
export function makeInspector(
  { name, ats, settings }: Settings['connections'][number],
  tools: AdapterTools,
): AtsInspector {
  const makers: Readonly<Record<string, InspectorFactory>> = atsInspectors
  const make = makers[ats]
  if (!make) throw new Error(`no ATS ${ats}`)
  return make(settings, atsTools(name, ats, tools))
}

function atsTools(connection: string, ats: string, { observeWait, ...tools }: AdapterTools): AtsTools {
  const { limit } = atsDefinition(ats)
  const budgetOf = (name: string, rule: Limit) =>
    makeBudget(name, rule, tools.cache, tools.now, (ms) => observeWait(connection, ms))
  return {
    ...tools,
    connection,
    budget: budgetOf(connection, limit),
    paceOf: (rule) => budgetOf(`${connection}:beginnings`, rule),
  }
}

/** The ATS of a name that the configuration has been checked for. */
export function atsDefinition(ats: string): AtsDefinition {
  const definitions: Readonly<Record<string, AtsDefinition>> = atsDefinitions
  const definition = definitions[ats]
  if (!definition) throw new Error(`no ATS ${ats}`)
  return definition
}
