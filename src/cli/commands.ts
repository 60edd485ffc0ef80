/** What each command's file exports. */
export interface CommandModule {
  /** Shown for `--help`, without a line end after the last line. */
  readonly help: string
  /** @returns the exit code: 0 done, 1 failed */
  run(args: string[]): Promise<number>
}

interface CommandEntry {
  /** One line for the list of commands. */
  readonly summary: string
  /** Loaded when chosen: help and refusals need none of the service's weight. */
  load(): Promise<CommandModule>
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  serve: { summary: 'run the service (what happens without a command)', load: () => import('./serve.ts') },
  demo: {
    summary: 'show the whole bridge at work against sandboxes, without any account',
    load: () => import('./demo.ts'),
  },
  doctor: { summary: 'check settings, store, credentials, stages and addresses', load: () => import('./doctor.ts') },
  setup: { summary: 'ask for what is needed and write .env and bridge.yaml', load: () => import('./setup.ts') },
  simulate: {
    summary: 'send a signed webhook to the running service, or run sandboxes to try it with',
    load: () => import('./simulate.ts'),
  },
  replay: { summary: 'try dead or lapsed deliveries again', load: () => import('./replay.ts') },
  sweep: {
    summary: 'find people whose webhook never came, and deliver their links',
    load: () => import('./sweep.ts'),
  },
}

/** The answer to `bridge --help`. */
export function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 2
  const list = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`)
  return [
    'bridge puts a candidate’s interview link into the ATS when a recruiter moves them to the interview stage.',
    '',
    'Usage: bridge [command] [flags]',
    '',
    ...list,
    '',
    'bridge <command> --help tells the flags of a command; bridge --version the version.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.',
  ].join('\n')
}
