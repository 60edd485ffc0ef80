/**
 * The calls that the Greenhouse sandbox takes, each with the scope it needs.
 * @see greenhouse.md sections 2.2 to 2.5
 */
import { type Answer, type Call, type Operation, Refusal } from '../call.ts'
import type { GreenhouseAccount } from './account.ts'
import { listAnswer } from './lists.ts'
import { type ListOptions, resources } from './resources.ts'
import type { GreenhouseUser, Tokens } from './tokens.ts'
import { createNote, patchApplication, patchCandidate } from './writes.ts'

/** A call below `/v3/`, with the scope that the token must have. */
export interface ScopedOperation extends Operation {
  readonly scope: string | undefined
}

/** Names in the journal: `token`, `file`, `list-<resource>`, `create-note`, `patch-application`, `patch-candidate`. */
export function greenhouseOperations(
  account: GreenhouseAccount,
  tokens: Tokens,
  users: readonly GreenhouseUser[],
  options: ListOptions,
): readonly ScopedOperation[] {
  const lists = resources(account, options).map((resource): ScopedOperation => {
    const path = new RegExp(`^/v3/${resource.name}$`)
    const scope = `harvest:${resource.name}:list`
    const name = `list-${resource.name.replaceAll('_', '-')}`
    return { name, method: 'GET', path, scope, handle: (call) => listAnswer(call, resource) }
  })
  const patch = (on: 'application' | 'candidate', handle: (call: Call) => Answer): ScopedOperation => ({
    name: `patch-${on}`,
    method: 'PATCH',
    path: new RegExp(`^/v3/${on}s/(\\d+)$`),
    writes: true,
    scope: `harvest:${on}s:update`,
    handle,
  })
  return [
    { name: 'token', method: 'POST', path: /^\/token$/, scope: undefined, handle: (call) => tokens.issue(call) },
    {
      name: 'file',
      method: 'GET',
      path: /^\/files\/(\d+)\/[^/]+$/,
      scope: undefined,
      handle: (call) => fileAnswer(call, account, options.now()),
    },
    ...lists,
    {
      name: 'create-note',
      method: 'POST',
      path: /^\/v3\/notes$/,
      writes: true,
      scope: 'harvest:notes:create',
      handle: (call) => createNote(call, account, tokens.check(call).user, users),
    },
    patch('application', (call) => patchApplication(call, account)),
    patch('candidate', (call) => patchCandidate(call, account)),
  ]
}

/** Fetches a file by its address, without credentials, until the address expires. */
function fileAnswer(call: Call, account: GreenhouseAccount, now: number): Answer {
  const file = account.attachments.find((attachment) => attachment.id === Number(call.params[0]))
  const expired = Number(call.query.get('expires')) * 1000 <= now
  if (file === undefined || expired) throw new Refusal(403, { message: 'Request has expired' })
  const type = file.filename.toLowerCase().endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream'
  return { status: 200, headers: { 'content-type': type }, body: file.bytes }
}
