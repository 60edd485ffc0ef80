import { inspectGreenhouse } from './greenhouse/inspect.ts'
import type { InspectorFactory } from './inspector.ts'
import { inspectLever } from './lever/inspect.ts'
import type { atsDefinitions } from './registry.ts'

/** The inspector of every ATS, by the name that `bridge.yaml` uses. */
export const atsInspectors = {
  greenhouse: inspectGreenhouse,
  lever: inspectLever,
} satisfies Record<keyof typeof atsDefinitions, InspectorFactory>
