import { expect, it } from 'vitest'
import { aDelivery, anEnd, carried, type Stores, unique } from './samples.ts'

export function sweepFacts(stores: () => Stores): void {
  it('the newest delivery of each application is told for each route, whatever became of it', async () => {
    const { journal } = stores().store
    const [first, second, never] = [unique('a'), unique('a'), unique('a')]
    await carried(stores(), aDelivery({ applicationId: first, receivedAt: 1_000 }), anEnd())
    await carried(stores(), aDelivery({ applicationId: first, receivedAt: 3_000 }), anEnd({ state: 'lapsed' }))
    await carried(stores(), aDelivery({ applicationId: first, receivedAt: 2_000 }), anEnd({ state: 'dead' }))
    await journal.received([aDelivery({ applicationId: first, routeId: 'rt_other', receivedAt: 9_000 })])
    await journal.received([aDelivery({ applicationId: second, receivedAt: 5_000 })])
    const told = await journal.lastReceived([first, never, second])
    expect(told.toSorted((one, other) => one.receivedAt - other.receivedAt)).toEqual([
      { applicationId: first, routeId: 'rt_0123456789', receivedAt: 3_000 },
      { applicationId: second, routeId: 'rt_0123456789', receivedAt: 5_000 },
      { applicationId: first, routeId: 'rt_other', receivedAt: 9_000 },
    ])
    await expect(journal.lastReceived([])).resolves.toEqual([])
  })

  it('a candidate with the id of an application is not taken for it', async () => {
    const { journal } = stores().store
    const id = unique('n')
    await journal.received([aDelivery({ candidateId: id })])
    await expect(journal.lastReceived([id])).resolves.toEqual([])
  })
}
