import type { Target } from './guide.ts'

/** A value as people would write it, quoted where it must be. */
function yamlText(value: string | boolean): string {
  const isWord =
    typeof value === 'string' && /^[a-z][\w -]*\w$/i.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value)
  return isWord ? value : JSON.stringify(value)
}

/** A write target as one line of YAML. */
export const targetLine = (target: Target): string =>
  Object.entries(target)
    .map(([kind, settings]) => {
      const entries = Object.entries(settings).map(([key, value]) => `${key}: ${yamlText(value)}`)
      return `${kind}: {${entries.length === 0 ? '' : ` ${entries.join(', ')} `}}`
    })
    .join(', ')

/** A route as lines of YAML, with comments. */
export function routeLines(route: {
  readonly connection: string
  readonly stage: string
  readonly jobs?: readonly string[]
  readonly interviewer: string
  readonly sendResume?: boolean
}): readonly string[] {
  return [
    `connection: ${yamlText(route.connection)}`,
    '# Who enters this stage gets an interview: its name, or its id.',
    `stage: ${yamlText(route.stage)}`,
    ...(route.jobs === undefined ? [] : [`jobs: [${route.jobs.map(yamlText).join(', ')}]`]),
    '# The interviewer’s id at InterviewFlowAI.',
    `interviewer: ${route.interviewer}`,
    ...(route.sendResume === true ? ['sendResume: true'] : []),
  ]
}
