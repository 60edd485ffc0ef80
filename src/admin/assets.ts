import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

const types = {
  'style.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'icon-alert.svg': 'image/svg+xml',
} as const
type AssetName = keyof typeof types

const FOREVER = 'private, max-age=31536000, immutable'

/** Gives the address of an asset; it changes with the asset's content. */
export type AssetAddress = (name: AssetName) => string

/** Serves the dashboard's files, read once from the folder beside this file. @returns their addresses */
export function serveAssets(app: FastifyInstance): AssetAddress {
  const addresses = new Map<string, string>()
  for (const [name, type] of Object.entries(types)) {
    const bytes = readFileSync(new URL(`assets/${name}`, import.meta.url))
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
    const address = `/admin/assets/${hash}-${name}`
    addresses.set(name, address)
    app.get(address, (_request, reply) => reply.type(type).header('cache-control', FOREVER).send(bytes))
  }
  return (name) => addresses.get(name) ?? ''
}
