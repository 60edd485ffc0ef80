import { explainFailure } from './explain-failure.ts'
import { type Check, type Finding, fail, type Result } from './finding.ts'

/** How long one check may take. */
const DEADLINE_MS = 10_000

/**
 * Runs all checks together and gives their findings in the order of the checks. One that fails or does not end takes
 * none of the others with it, and what it had found by then counts.
 */
export async function runChecks(checks: readonly Check[], deadlineMs = DEADLINE_MS): Promise<readonly Result[]> {
  const found = await Promise.all(checks.map((check) => runOne(check, deadlineMs)))
  return found.flatMap((findings, index) => {
    const check = checks[index]?.check ?? ''
    return findings.map((finding) => ({ check, ...finding }))
  })
}

async function runOne(check: Check, deadlineMs: number): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  let isOver = false
  const run = async () => {
    try {
      for await (const finding of check.run()) {
        if (isOver) return
        findings.push(finding)
      }
    } catch (error) {
      findings.push(fail(`the check ended early: ${explainFailure(error)}`, 'run it again; if it stays so, report it'))
    }
  }
  const { promise: tooLate, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    findings.push(
      fail(`no answer within ${deadlineMs / 1000} s`, 'see whether the way there is open, and run it again'),
    )
    resolve()
  }, deadlineMs)
  await Promise.race([run(), tooLate])
  isOver = true
  clearTimeout(timer)
  return [...findings]
}
