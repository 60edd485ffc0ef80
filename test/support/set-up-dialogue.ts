import { sandboxInterviewer } from '../../src/sandbox/interviewflow.ts'
import type { SandboxWorld } from './sandbox-world.ts'
import { keys, type Terminal } from './terminal.ts'

const { enter, tab } = keys

/** The flags that lead the wizard to the sandboxes: nobody types these. */
export function addressFlags(world: SandboxWorld, ats: 'greenhouse' | 'lever'): readonly string[] {
  return ['--vendor-url', world.vendor.url, '--link-host', world.vendor.linkHost(), '--base-url', world[ats].url]
}

type Step = readonly [question: RegExp, ...typed: string[]]

const vendorSteps = (world: SandboxWorld, publicUrl: string): readonly Step[] => [
  [/Address under which/, publicUrl, enter],
  [/InterviewFlowAI’s API key/, world.vendor.apiKey, enter],
]

const placeSteps: readonly Step[] = [
  [/every job\?/, 'n'],
  [/For which jobs\?/, tab, enter],
  [/Who enters which stage/, enter],
  [/Id of the interviewer/, sandboxInterviewer, enter],
]

const greenhouseSteps = ({ greenhouse }: SandboxWorld): readonly Step[] => [
  [/Client id/, greenhouse.credential.clientId, enter],
  [/Client secret/, greenhouse.credential.clientSecret, enter],
  [/Id of the Greenhouse user/, '4080', enter],
  ...placeSteps,
  [/stand in a note\?/, enter],
  [/custom field\?/, enter],
]

const leverSteps = ({ lever }: SandboxWorld): readonly Step[] => [
  [/API key \(Settings/, lever.apiKey, enter],
  [/E-mail address of the Lever user/, lever.userEmail, enter],
  [/webhooks be made in Lever now\?/, enter],
  ...placeSteps,
  [/stand in a note\?/, enter],
  [/among the person’s links\?/, 'y'],
  [/Tag to add/, 'ai-interview-sent', enter],
]

/** Answers every question of the wizard, begun without naming an ATS. */
export async function answerAll(
  terminal: Terminal,
  world: SandboxWorld,
  ats: 'greenhouse' | 'lever',
  publicUrl: string,
): Promise<void> {
  const choice: Step = [/Which ATS\?/, ...(ats === 'lever' ? [keys.down] : []), enter]
  const own = ats === 'greenhouse' ? greenhouseSteps(world) : leverSteps(world)
  for (const [question, ...typed] of [choice, ...vendorSteps(world, publicUrl), ...own])
    await terminal.answer(question, ...typed)
}
