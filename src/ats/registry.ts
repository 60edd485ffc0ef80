import type { AtsDefinition } from './adapter.ts'
import { greenhouse } from './greenhouse/index.ts'
import { lever } from './lever/index.ts'

/** Every ATS the bridge can talk to, by the name that `bridge.yaml` uses. */
export const atsDefinitions = { greenhouse, lever } satisfies Record<string, AtsDefinition>
