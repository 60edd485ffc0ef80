import { pino } from 'pino'
import { Agent } from 'undici'
import type { AtsTools } from '../../src/ats/adapter.ts'
import type { Budget } from '../../src/budget/budget.ts'
import type { Delivery } from '../../src/domain/delivery.ts'
import type { SharedCache } from '../../src/store/store.ts'

/** A shared cache in memory that can be looked into. */
export class MemoryCache implements SharedCache {
  readonly entries = new Map<string, string>()

  async get(name: string): Promise<string | undefined> {
    return this.entries.get(name)
  }

  async set(name: string, value: string): Promise<void> {
    this.entries.set(name, value)
  }

  async swap(name: string, expected: string | undefined, value: string): Promise<boolean> {
    if (this.entries.get(name) !== expected) return false
    this.entries.set(name, value)
    return true
  }
}

const endless: Budget = { take: async () => undefined, observe: () => undefined, usedRatio: () => 0 }

/** Tools for an adapter under test; name only what the test is about. */
export function atsTools(given: Partial<AtsTools> = {}): AtsTools {
  return {
    connection: 'acme',
    dispatcher: new Agent(),
    cache: new MemoryCache(),
    budget: endless,
    paceOf: () => endless,
    log: pino({ level: 'silent' }),
    now: () => Date.now(),
    observeCall: () => undefined,
    ...given,
  }
}

/** A delivery; name only what the test is about. */
export function aDelivery(given: Partial<Delivery> = {}): Delivery {
  return {
    id: 'dlv_1',
    connection: 'acme',
    ats: 'greenhouse',
    routeId: 'rt_1',
    interviewer: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    applicationId: '700001',
    candidateId: '800001',
    stageId: '90001',
    receivedAt: Date.parse('2026-11-23T12:00:00Z'),
    ...given,
  }
}

/** What a write asks before it leaves, where nobody else is at work. */
export const stillOurs = () => undefined
