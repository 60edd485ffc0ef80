import { afterAll, beforeAll, describe, inject } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { type PrivateStore, privateFolder, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { until } from '../support/until.ts'
import { erasureFacts } from './store-contract/erasure-facts.ts'
import { journalFacts } from './store-contract/journal-facts.ts'
import { journalViewFacts } from './store-contract/journal-view-facts.ts'
import { ledgerFacts } from './store-contract/ledger-facts.ts'
import { queueFacts } from './store-contract/queue-facts.ts'
import type { Stores } from './store-contract/samples.ts'
import { sharingFacts } from './store-contract/sharing-facts.ts'
import { sweepFacts } from './store-contract/sweep-facts.ts'
import { webhookLogFacts } from './store-contract/webhook-log-facts.ts'

const makers: [string, () => Promise<PrivateStore>][] = [
  ['Redis', privateRedis],
  ['PostgreSQL', async () => await privatePostgres(inject('postgresUrl'))],
  ['the embedded store', privateFolder],
]

describe.each(makers)('on %s', (_name, make) => {
  let place: PrivateStore
  let opened: Stores
  const stores = () => opened

  beforeAll(async () => {
    place = await make()
    const store = await openStore(place.settings)
    const other = store.kind === 'embedded' ? store : await openStore(place.settings)
    opened = { store, other }
    for (const each of [store, other]) await until(async () => (await each.ping()) === undefined || true)
  })

  afterAll(async () => {
    await Promise.all([...new Set([opened.store, opened.other])].map((store) => store.close()))
    await place.remove()
  })

  describe('the ledger', () => ledgerFacts(stores))
  describe('the journal', () => journalFacts(stores))
  describe('the journal as people see it', () => journalViewFacts(stores))
  describe('erasing', () => erasureFacts(stores))
  describe('leases, cache and queue', () => sharingFacts(stores))
  describe('the log of webhooks that made no delivery', () => webhookLogFacts(stores))
  describe('the queue', () => queueFacts(stores))
  describe('what the sweep asks', () => sweepFacts(stores))
})
