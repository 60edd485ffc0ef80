import { z } from 'zod'
import { formatPath, type Problem } from './config-error.ts'
import { hint, nearest } from './nearest-key.ts'

type Path = readonly PropertyKey[]
type Issue = z.core.$ZodIssue

/** The part of JSON Schema in which keys are found. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: Shape | boolean
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
  readonly allOf?: readonly Shape[]
}

const alternatives = (shape: Shape): readonly Shape[] => [
  shape,
  ...[...(shape.anyOf ?? []), ...(shape.oneOf ?? []), ...(shape.allOf ?? [])].flatMap(alternatives),
]

function step(shape: Shape, key: PropertyKey): readonly Shape[] {
  const below = typeof key === 'number' ? shape.items : (shape.properties?.[String(key)] ?? shape.additionalProperties)
  return typeof below === 'object' ? alternatives(below) : []
}

/** The keys that a schema knows at a path, those of all alternatives of a union together. */
export function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Shape
  const shapes = path.reduce<readonly Shape[]>(
    (reached, key) => reached.flatMap((shape) => step(shape, key)),
    alternatives(root),
  )
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape.properties ?? {})))]
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
}

type RawIssue<Code> = Extract<z.core.$ZodRawIssue, { code: Code }>

function wrongType({ expected, input }: RawIssue<'invalid_type'>): string {
  const kind = kinds[expected] ?? expected
  return input === undefined || input === null ? `is missing: ${kind}` : `must be ${kind}`
}

function wrongWord({ values, input }: RawIssue<'invalid_value'>): string {
  const words = values.map(String)
  const near = typeof input === 'string' ? nearest(input, words) : undefined
  return `must be ${words.join(' or ')}${near === undefined ? '' : `; did you mean "${near}"?`}`
}

function tooSmall({ origin, minimum }: RawIssue<'too_small'>): string {
  if (origin === 'string') return 'must not be empty'
  return `${origin === 'array' ? 'must have' : 'must be'} at least ${minimum}`
}

/** Our words for zod's findings; a schema that brings its own words keeps them. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return wrongType(issue)
  if (issue.code === 'invalid_value') return wrongWord(issue)
  if (issue.code === 'too_small') return tooSmall(issue)
  if (issue.code === 'invalid_format' && issue.format === 'url') return 'must be an address such as https://host'
  return issue.code === 'invalid_format' || issue.code === 'invalid_union' ? 'is not of the right form' : undefined
}

/** Of the alternatives of a union, the findings of the one that was most likely meant. */
function likeliest(alternativeIssues: readonly (readonly Issue[])[]): readonly Issue[] {
  const [best = []] = alternativeIssues.toSorted((left, right) => left.length - right.length)
  const unknown = best.filter((issue) => issue.code === 'unrecognized_keys')
  // A misspelt key is also a missing one; one finding is enough.
  return unknown.length > 0 ? unknown : best
}

function describe(issue: Issue, schema: z.ZodType, at: Path, base: Path): readonly Problem[] {
  const path = [...at, ...issue.path]
  const where = (...more: Path) => formatPath([...base, ...path, ...more])
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path)
    return issue.keys.map((key) => ({ where: where(key), message: `is not a known key; ${hint(key, known)}` }))
  }
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ where: where(), message }))
  if (issue.code !== 'invalid_union') return [{ where: where() || 'the document', message: issue.message }]
  const issues = likeliest(issue.errors)
  if (issues.every(({ code, path: below }) => code === 'invalid_type' && below.length === 0)) {
    const keys = knownKeys(schema, path)
    const message = keys.length > 0 ? `must be a group with one of the keys ${keys.join(', ')}` : issue.message
    return [{ where: where(), message }]
  }
  return issues.flatMap((inner) => describe(inner, schema, path, base))
}

/**
 * Checks a part of the document against a schema.
 * @param base where in the document the part stands
 * @returns the schema's output, undefined when there is a problem
 */
export function checkPart<Output>(
  schema: z.ZodType<Output>,
  part: unknown,
  base: Path = [],
): { readonly value: Output | undefined; readonly problems: readonly Problem[] } {
  const result = schema.safeParse(part, { error: wording })
  if (result.success) return { value: result.data, problems: [] }
  return { value: undefined, problems: result.error.issues.flatMap((issue) => describe(issue, schema, [], base)) }
}
