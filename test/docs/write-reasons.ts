/** Writes src/docs/reasons.md: `npm run docs`. */
import { writeFileSync } from 'node:fs'
import { reasonsPage } from './reasons-page.ts'

writeFileSync(new URL('../../src/docs/reasons.md', import.meta.url), reasonsPage())
