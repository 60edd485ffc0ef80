import {
  text as askText,
  autocomplete,
  autocompleteMultiselect,
  confirm,
  isCancel,
  log,
  password,
  select,
  spinner,
} from '@clack/prompts'
import { type Asker, CancelledError } from './asker.ts'

/** From here on a list is searched, not walked through. */
const MANY = 10

/** @throws CancelledError the person pressed Ctrl-C */
function answered<Value>(value: Value): Exclude<Value, symbol> {
  if (isCancel(value)) throw new CancelledError()
  return value as Exclude<Value, symbol>
}

const filled = (value: string | undefined) =>
  value === undefined || value.trim() === '' ? 'This cannot be empty.' : undefined

/** Asks the person at the terminal. To be made only where both ends are terminals. */
export function clackAsker(): Asker {
  return {
    isInteractive: true,
    secret: async ({ message }) => answered(await password({ message, validate: filled })).trim(),
    text: async ({ message, initial, check }) => {
      const validate = (value: string | undefined) => check?.((value ?? '').trim())
      const answer = await askText({ message, validate, ...(initial !== undefined && { initialValue: initial }) })
      return (answered(answer) ?? '').trim()
    },
    choose: async <Value extends string>({
      message,
      choices,
      initial,
    }: Parameters<Asker['choose']>[0]): Promise<Value> => {
      const options = choices.map((choice) => ({ ...choice }))
      const given = { message, options, ...(initial !== undefined && { initialValue: initial }) }
      const ask = choices.length > MANY ? autocomplete<string> : select<string>
      return answered(await ask({ ...given, maxItems: MANY })) as Value
    },
    chooseMany: async ({ message, choices }) => {
      const options = choices.map((choice) => ({ ...choice }))
      return answered(await autocompleteMultiselect<string>({ message, options, required: true, maxItems: MANY }))
    },
    confirm: async (message, initial = true) => answered(await confirm({ message, initialValue: initial })),
    during: async (what, work) => {
      const waiting = spinner()
      waiting.start(what)
      try {
        return await work()
      } finally {
        waiting.clear()
      }
    },
    heading: (text) => log.step(text),
    good: (text) => log.success(text),
    bad: (text) => log.error(text),
    say: (text) => log.message(text),
  }
}
