import type { AtsAdapter } from '../ats/adapter.ts'
import type { Settings } from '../config/settings.ts'
import type { DeliveryQueue } from '../queue/delivery-queue.ts'
import type { Store } from '../store/store.ts'
import type { SweepTools } from './sweep-connection.ts'

interface SweepParts {
  readonly store: Pick<Store, 'journal' | 'ledger'>
  readonly adapters: ReadonlyMap<string, AtsAdapter>
  readonly queue: DeliveryQueue
  readonly now: () => number
}

/** What a sweep needs, from the parts of a bridge: what it finds gives way to live deliveries. */
export function sweepTools(
  { connections, routes }: Pick<Settings, 'connections' | 'routes'>,
  { store, adapters, queue, now }: SweepParts,
): SweepTools {
  return {
    adapters,
    atsOf: new Map(connections.map(({ name, ats }) => [name, ats])),
    routes,
    journal: store.journal,
    ledger: store.ledger,
    enqueue: (delivery) => queue.accept(delivery, 'swept'),
    now,
  }
}
