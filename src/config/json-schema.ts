import { z } from 'zod'
import type { AtsDefinition } from '../ats/adapter.ts'
import { documentSchema } from './bridge-document.ts'

type Schema = Record<string, unknown>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keys by which a schema narrows what a text may be; a `${NAME}` fits none of them until it is filled in. */
const narrowing = ['pattern', 'format', 'enum', 'maxLength']

/** The same schema, in which a text that takes a variable is allowed wherever a text is. */
function withPlaceholders(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPlaceholders)
  if (!isSchema(value)) return value
  const inner = Object.fromEntries(
    Object.entries(value).map(([key, below]) => [key, key === 'propertyNames' ? below : withPlaceholders(below)]),
  )
  if (value['type'] !== 'string' || !narrowing.some((key) => Object.hasOwn(value, key))) return inner
  const { description, default: standard, ...rest } = inner
  const shown = {
    ...(description !== undefined && { description }),
    ...(standard !== undefined && { default: standard }),
  }
  return { ...shown, anyOf: [rest, { type: 'string', pattern: '\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}' }] }
}

const toSchema = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline', target: 'draft-7' }) as Schema

/** A connection's schema with the `ats` that chooses it. */
function connectionSchema(ats: string, { settings }: AtsDefinition): Schema {
  const { $schema: _, ...own } = toSchema(settings)
  const required = Array.isArray(own['required']) ? (own['required'] as string[]) : []
  const properties = isSchema(own['properties']) ? own['properties'] : {}
  return { ...own, properties: { ats: { const: ats }, ...properties }, required: ['ats', ...required] }
}

/** JSON Schema of `bridge.yaml`, for editors. */
export function bridgeJsonSchema(definitions: Readonly<Record<string, AtsDefinition>>): Schema {
  const document = toSchema(documentSchema)
  const properties = isSchema(document['properties']) ? document['properties'] : {}
  const connections = isSchema(properties['connections']) ? properties['connections'] : {}
  const oneOf = Object.entries(definitions).map(([ats, definition]) => connectionSchema(ats, definition))
  return withPlaceholders({
    ...document,
    title: 'bridge.yaml of Interview Link Bridge',
    properties: { ...properties, connections: { ...connections, additionalProperties: { oneOf } } },
  }) as Schema
}
