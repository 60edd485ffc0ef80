import { CANCELLED } from '../exit-code.ts'
import { type Admin, askAdmin } from '../service/admin-client.ts'
import { followAll } from '../service/follow.ts'
import type { Choice, Filter } from './read-choice.ts'

const PAGE = 200

interface Wanted extends Choice {
  /** Whether the person at the terminal is asked first. */
  readonly asks: boolean
  /** Undefined: they are not followed. */
  readonly followMs: number | undefined
}

/** Answer of `POST /api/deliveries/replay`. */
interface Answer {
  readonly before: string
  readonly more: boolean
  readonly ids: readonly string[]
  readonly skipped: number
  readonly lastTurnAt: string
}

const say = (line: string) => void process.stdout.write(`${line}\n`)

/**
 * Has all that fit tried again, or says which they are.
 * @returns exit code
 * @throws AdminRefusedError
 */
export async function replayMany(wanted: Wanted, admin: Admin): Promise<number> {
  const { isDryRun, asks, perMinute } = wanted
  const order = (filter: Filter, dryRun: boolean) =>
    askAdmin<Answer>(admin, '/api/deliveries/replay', {
      ...filter,
      dryRun,
      ...(perMinute !== undefined && { perMinute }),
    })
  let { filter } = wanted
  if (isDryRun || asks) {
    const counted = await order(filter, true)
    const { ids, more, before } = counted
    if (ids.length === 0) return nobody(filter)
    const rest = more ? ` ${thereAreMore(ids.length)}` : ''
    if (isDryRun) {
      await list(counted, filter, admin)
      say(`\n${deliveries(ids.length)} would be tried again. Nothing was changed.${rest}`)
      return 0
    }
    const refused = await refusal(`Try ${deliveries(ids.length)} again?${rest}`)
    if (refused !== undefined) return refused
    // Whatever dies from here on has not been counted.
    filter = { ...filter, before }
  }
  const done = await order(filter, false)
  if (done.ids.length + done.skipped === 0) return nobody(filter)
  report(done, perMinute)
  return wanted.followMs === undefined ? 0 : await followAll(done.ids, admin, wanted.followMs)
}

/** @returns the exit code for an answer other than yes */
async function refusal(question: string): Promise<number | undefined> {
  const [{ clackAsker }, { CancelledError }] = await Promise.all([
    import('../../setup/clack-asker.ts'),
    import('../../setup/asker.ts'),
  ])
  try {
    if (await clackAsker().confirm(question, false)) return undefined
    say('Nothing was changed.')
    return 1
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error
    say('Stopped. Nothing was changed.')
    return CANCELLED
  }
}

/** A delivery in the list, as far as it is told here. */
type Listed = Readonly<Record<'id' | 'connection' | 'applicationId' | 'stageId' | 'state' | 'updatedAt', string>> &
  Readonly<Record<'stageName' | 'reason', string | null>>

/** The dry run knows ids alone; who they are is read from the list, which has them in the same order. */
async function list({ ids }: Answer, { state, connection, reason }: Filter, admin: Admin): Promise<void> {
  const left = new Set(ids)
  const query = { state, limit: String(PAGE), ...(connection && { connection }), ...(reason && { reason }) }
  let cursor: string | null = ''
  while (cursor !== null && left.size > 0) {
    const page: { items: readonly Listed[]; nextCursor: string | null } = await askAdmin(
      admin,
      `/api/deliveries?${new URLSearchParams({ ...query, cursor })}`,
    )
    for (const item of page.items) if (left.delete(item.id)) say(`  ${lineOf(item)}`)
    cursor = page.nextCursor
  }
  for (const id of left) say(`  ${id}  has changed meanwhile`)
}

function lineOf({ id, connection, applicationId, stageId, stageName, state, reason, updatedAt }: Listed): string {
  return `${id}  ${connection} application ${applicationId}  ${stageName ?? stageId}  ${state} (${reason}) since ${updatedAt}`
}

function report({ ids, skipped, more, lastTurnAt }: Answer, perMinute: number | undefined): void {
  const changed =
    skipped === 0 ? '' : ` ${skipped} had changed meanwhile and ${skipped === 1 ? 'was' : 'were'} left alone.`
  const isSpread = perMinute !== undefined && ids.length > 1
  const last = isSpread ? ` The last one has its turn at ${lastTurnAt}.` : ''
  say(`${deliveries(ids.length)} put back in line.${changed}${last}`)
  if (more) say(thereAreMore(ids.length + skipped, isSpread ? ', once that turn has come' : ''))
}

function nobody({ state }: Filter): 0 {
  say(`No ${state} delivery fits. Nothing was changed.`)
  return 0
}

const thereAreMore = (count: number, when = '') =>
  `There are more; these are the newest ${count.toLocaleString('en')}. Run it again for the rest${when}.`

const deliveries = (count: number) => (count === 1 ? '1 delivery' : `${count.toLocaleString('en')} deliveries`)
