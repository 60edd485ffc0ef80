import { once } from 'node:events'
import { styleText } from 'node:util'
import { parseFlags } from './arguments.ts'
import { type Outcome, play } from './demo/play.ts'
import { makeScenes } from './demo/scenes.ts'
import { makeScreen } from './demo/screen.ts'
import { summaryLines } from './demo/summary.ts'
import { type DemoWorld, startDemoWorld } from './demo/world.ts'
import { runUntilSignal } from './run-until-signal.ts'

export const help = [
  'Usage: bridge demo [--stay]',
  '',
  'Runs the whole bridge on its embedded store against sandbox servers of Greenhouse, Lever and InterviewFlowAI,',
  'sends signed webhooks and shows what becomes of them. Needs no account, no store and no network.',
  '',
  '  --stay   keep it up afterwards and print where to look, until Ctrl-C',
  '',
  'Exit code 0 if every link landed and everything else ended as it should, else 1, also when stopped before that.',
].join('\n')

const say = (line = '') => process.stdout.write(`${line}\n`)
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** @throws UsageError */
export async function run(args: string[]): Promise<number> {
  const { stay = false } = parseFlags(args, { stay: { type: 'boolean' } })
  let code = 1
  const stopping = new AbortController()
  const demo = async (world: DemoWorld) => {
    code = await show(world, stopping.signal)
    if (stay) await stayUp(world, stopping.signal)
    else say('To look at its dashboard: npm run demo -- --stay. To set up your own: npm run bridge -- setup')
  }
  const stopped = await runUntilSignal(async () => {
    say('Starting sandboxes of Greenhouse, Lever and InterviewFlowAI, and the bridge on its embedded store …')
    const world = await startDemoWorld()
    const ended = demo(world)
    return {
      ended,
      stop: async () => {
        stopping.abort()
        await ended.catch(() => undefined)
        await world.close()
      },
    }
  })
  return stopped === 0 ? code : stopped
}

/** @throws Error `AbortError` stopped before the last scene's end */
async function show(world: DemoWorld, signal: AbortSignal): Promise<number> {
  const scenes = makeScenes(world)
  say(`Webhooks go to ${world.hook('greenhouse')} and ${world.hook('lever')}\n`)
  const startedAt = performance.now()
  const screen = makeScreen(scenes, process.stdout)
  const outcomes: Outcome[] = []
  for (const [index, scene] of scenes.entries()) {
    const outcome = await play(scene, world, signal, (state) => screen.update(index, state))
    screen.ended(index, outcome)
    outcomes.push(outcome)
  }
  say()
  for (const line of summaryLines(outcomes)) say(line)
  const problems = [
    ...outcomes.flatMap(({ scene, problems: own }) => own.map((text) => `${scene.who}: ${text}`)),
    ...check(world, outcomes),
  ]
  say()
  if (problems.length === 0) {
    const links = outcomes.filter(({ link, answer }) => link !== undefined && answer !== 'duplicate').length
    say(
      styleText(
        'green',
        `All as it should be: ${links} links landed, each once, in ${seconds(performance.now() - startedAt)}.`,
      ),
    )
    return 0
  }
  for (const problem of problems) say(styleText('red', `✗ ${problem}`))
  return 1
}

/** What no single scene can see: one interview per person, and no call that the vendors do not know. */
function check(world: DemoWorld, outcomes: readonly Outcome[]): string[] {
  const links = new Set(outcomes.flatMap(({ link }) => (link === undefined ? [] : [link])))
  const interviews = world.vendor.interviews().length
  const unexpected = [world.greenhouse, world.lever, world.vendor].flatMap((sandbox) => sandbox.unexpected())
  return [
    ...(interviews === links.size ? [] : [`InterviewFlowAI made ${interviews} interviews for ${links.size} links`]),
    ...unexpected.map(({ method, path }) => `a call that nobody knows: ${method} ${path}`),
  ]
}

async function stayUp(world: DemoWorld, signal: AbortSignal): Promise<void> {
  say()
  say(`The bridge stays up until Ctrl-C. User admin, password ${world.settings.adminPassword}:`)
  say(`  ${world.url}/admin           the dashboard`)
  say(`  ${world.url}/api/deliveries  the same for scripts`)
  say(`  ${world.url}/metrics`)
  if (!signal.aborted) await once(signal, 'abort')
}
