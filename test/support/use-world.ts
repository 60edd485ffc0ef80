import { afterAll, beforeAll } from 'vitest'
import { type PrivateStore, privateRedis } from './private-stores.ts'
import { startWorld, type World, type WorldOptions } from './world.ts'

/**
 * One world for all tests of the block, on a store of its own: started before them, closed after them.
 * @returns stands for the world from the block's first `beforeAll` on; at an earlier look there is none
 */
export function useWorld(options: WorldOptions = {}, openStore: () => Promise<PrivateStore> = privateRedis): World {
  let store: PrivateStore | undefined
  let world: World | undefined
  beforeAll(async () => {
    store = await openStore()
    world = await startWorld(store.settings, options)
  })
  afterAll(async () => {
    await world?.close()
    await store?.remove()
  })
  return new Proxy({} as World, {
    get(_target, name) {
      if (!world) throw new Error('the world has not been started yet')
      return Reflect.get(world, name) as unknown
    },
  })
}
