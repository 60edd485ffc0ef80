import { atsDefinition } from '../../ats/make-adapters.ts'
import type { Settings } from '../../config/settings.ts'
import { vendorOperations } from '../../interview/rest-vendor.ts'
import { version } from '../../version.ts'

/** What of a bridge is known before anything has happened: the labels that its metrics will have. */
export interface Observed {
  readonly version: string
  readonly role: string
  readonly store: string
  /** Names. */
  readonly connections: readonly string[]
  /** The calls that are made, by the name of the system. */
  readonly targets: ReadonlyMap<string, readonly string[]>
}

/** What the settings tell of it: every label is there before it is counted by. */
export function observedIn({ role, store, connections }: Settings): Observed {
  const ats = connections.flatMap((connection) => Object.entries(atsDefinition(connection.ats).operations))
  return {
    version: version(),
    role,
    store: store.kind,
    connections: connections.map(({ name }) => name),
    targets: new Map([...ats, ['interviewflow', vendorOperations]]),
  }
}
