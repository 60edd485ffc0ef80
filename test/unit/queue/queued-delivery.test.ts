import { expect, test } from 'vitest'
import { deliveryIdOf, queuedId } from '../../../src/queue/queued-delivery.ts'

test.each(['dlv_0a1b2c3d4e5f60718293a4b5c6', 'dlv_01234567890123456789012345'])(
  'the delivery %s is known by the queue’s id for each of its rounds',
  (id) => {
    expect([0, 1, 12].map((round) => deliveryIdOf(queuedId(id, round)))).toEqual([id, id, id])
  },
)
