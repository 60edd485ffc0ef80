import type { Scenario } from './scenario.ts'
import { f10 } from './scenarios/clocks.ts'
import { f7, f8, f19 } from './scenarios/crowds.ts'
import { f13 } from './scenarios/erasures.ts'
import { f30 } from './scenarios/forgeries.ts'
import { f21 } from './scenarios/garbage.ts'
import { f1, f29 } from './scenarios/kill-nine.ts'
import { f5 } from './scenarios/lost-webhooks.ts'
import { f12 } from './scenarios/moves.ts'
import { f14, f15 } from './scenarios/one-connection.ts'
import { f25 } from './scenarios/poison.ts'
import { f9 } from './scenarios/secret-rotation.ts'
import { f6, f28 } from './scenarios/store-loss.ts'
import { f2, f3, f4 } from './scenarios/store-outage.ts'
import { f20, f24 } from './scenarios/store-refusals.ts'
import { f27 } from './scenarios/two-on-a-folder.ts'
import { f16, f17, f23 } from './scenarios/unknown-outcomes.ts'
import { f22 } from './scenarios/vendor-outage.ts'
import { f11, f18, f26 } from './scenarios/workers.ts'

/** In the order of reliability.md section 5. */
export const allScenarios: readonly Scenario[] = [
  ...[f1, f2, f3, f4, f5, f6, f7, f8, f9, f10],
  ...[f11, f12, f13, f14, f15, f16, f17, f18, f19, f20],
  ...[f21, f22, f23, f24, f25, f26, f27, f28, f29, f30],
]
