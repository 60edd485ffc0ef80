import { type Asker, SetupFailedError } from './asker.ts'

/** Asks nobody: for scripts. What it has to tell goes to `say`, a line each. */
export function silentAsker(say: (line: string) => void): Asker {
  const refuse = (question: { readonly message: string }) =>
    Promise.reject(new SetupFailedError(`Nobody can be asked: ${question.message}`))
  return {
    isInteractive: false,
    secret: refuse,
    text: refuse,
    choose: refuse,
    chooseMany: refuse,
    confirm: (message) => refuse({ message }),
    during: async (_what, work) => await work(),
    heading: (text) => say(text),
    good: (text) => say(`  ✓ ${text}`),
    bad: (text) => say(`  ✗ ${text}`),
    say: (text) => {
      for (const line of text.split('\n')) say(`  ${line}`)
    },
  }
}
