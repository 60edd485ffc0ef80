import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { requireBinary } from './binaries.ts'

/** Runs Prometheus's own checker. @param input given on its standard input @returns all it said, and whether it found fault */
export async function promtool(args: readonly string[], input = ''): Promise<{ code: number; said: string }> {
  const child = spawn(requireBinary('promtool'), args)
  child.stdin.end(input)
  const [[code], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
  return { code: code as number, said: out + err }
}
