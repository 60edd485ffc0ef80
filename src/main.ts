#!/usr/bin/env node
import { didYouMean, wantsHelp } from './cli/arguments.ts'
import { commands, overview } from './cli/commands.ts'
import { reportError } from './cli/report-error.ts'
import { UsageError } from './cli/usage-error.ts'
import { version } from './version.ts'

const say = (text: string) => process.stdout.write(`${text}\n`)

/** @throws UsageError no such command */
async function run(name: string, args: string[]): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined)
    throw new UsageError(`There is no command "${name}".${didYouMean(name, Object.keys(commands))}`)
  const module = await command.load()
  if (!wantsHelp(args)) return await module.run(args)
  say(module.help)
  return 0
}

async function main(args: string[]): Promise<number> {
  const [first = ''] = args
  if (first === 'help' || first === '--help' || first === '-h') {
    say(overview())
    return 0
  }
  if (first === '--version') {
    say(version())
    return 0
  }
  const isNamed = first !== '' && !first.startsWith('-')
  const name = isNamed ? first : 'serve'
  try {
    return await run(name, isNamed ? args.slice(1) : args)
  } catch (error) {
    return reportError(error, Object.hasOwn(commands, name) ? name : '')
  }
}

const FAREWELL_MS = 500

process.exitCode = await main(process.argv.slice(2))
// All is done: a connection somebody forgot to close must not keep the process, but what was written may still flow.
setTimeout(() => process.exit(), FAREWELL_MS).unref()
