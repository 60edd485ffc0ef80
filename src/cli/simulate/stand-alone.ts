import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { calledAs } from '../../config/env.ts'
import { runUntilSignal } from '../run-until-signal.ts'
import { UsageError } from '../usage-error.ts'
import { type StandingSandboxes, sandboxEnv, sandboxYaml, startSandboxes } from './sandboxes.ts'

/** `main`, as source or as built. */
const mainFile = fileURLToPath(import.meta.url).replace(/cli\W+simulate\W+stand-alone\.(.s)$/, 'main.$1')

const say = (line = '') => process.stdout.write(`${line}\n`)

/**
 * Runs the sandboxes until Ctrl-C.
 * @param port the first of three in a row
 * @param dir where `.env` and `bridge.yaml` are written; absent: they are shown
 * @throws UsageError one of the files is there already
 */
export async function runSandboxes(port: number, dir: string | undefined): Promise<number> {
  return await runUntilSignal(async () => {
    const taken = dir === undefined ? undefined : ['.env', 'bridge.yaml'].find((file) => existsSync(join(dir, file)))
    if (taken !== undefined) throw new UsageError(`There is a ${taken} in ${dir} already; give another --dir.`)
    const world = await startSandboxes(port)
    tell(world, dir)
    return { stop: () => world.close() }
  })
}

function tell(world: StandingSandboxes, dir: string | undefined): void {
  const { greenhouse, lever, vendor, applications } = world
  say(`Greenhouse ${greenhouse.url}, Lever ${lever.url}, InterviewFlowAI ${vendor.url}: sandboxes, until Ctrl-C.`)
  say()
  if (dir === undefined) {
    say(`# ---- .env`)
    say(sandboxEnv(world))
    say(`# ---- bridge.yaml`)
    say(sandboxYaml(world))
  } else {
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, '.env'), sandboxEnv(world), { mode: 0o600, flag: 'wx' })
    writeFileSync(join(dir, 'bridge.yaml'), sandboxYaml(world), { flag: 'wx' })
    say(`Written: ${join(dir, '.env')} and ${join(dir, 'bridge.yaml')}.`)
    say()
  }
  // npm would run it in the project's folder, whatever folder it is called in.
  const isElsewhere = dir !== undefined && resolve(dir) !== process.cwd()
  const bridge = isElsewhere ? `${process.execPath} ${mainFile}` : calledAs()
  say('# Then, in another terminal, beside these files:')
  if (isElsewhere) say(`cd ${resolve(dir)}`)
  say(`${bridge} serve`)
  say(`${bridge} doctor`)
  say(`${bridge} simulate --connection greenhouse --application ${applications.greenhouse}`)
  say(`${bridge} simulate --connection lever --application ${applications.lever}`)
  say()
  say('# Control API: GET calls; POST reset, faults, settings, add-candidate, move, written, …')
  say(`curl ${greenhouse.url}/_sandbox/calls`)
  say(`curl -d '{"applicationId":${applications.greenhouse}}' ${greenhouse.url}/_sandbox/written`)
  say(`curl -d '{"kind":"error-reply","operation":"create"}' ${vendor.url}/_sandbox/faults`)
}
