import type { AtsInspector, InspectedField } from '../ats/inspector.ts'
import { whatThereIs } from './find-named.ts'
import { type Finding, fail, pass, warn } from './finding.ts'

/** A field that a write target names. */
export interface WantedField {
  readonly on: string
  readonly key: string
}

/** The fields of a connection's write targets, whatever the ATS: `customField: { on, key }`. */
export function wantedFields(settings: unknown): readonly WantedField[] {
  const { writeBack } = settings as { writeBack?: readonly { customField?: WantedField | undefined }[] }
  return (writeBack ?? []).flatMap(({ customField }) => (customField ? [customField] : []))
}

/** Whether the fields are there and take a link. @throws RetryableError, PermanentError */
export async function fieldFindings(
  wanted: readonly WantedField[],
  inspector: AtsInspector,
): Promise<readonly Finding[]> {
  if (wanted.length === 0 || inspector.fields === undefined) return []
  const fields: InspectedField[] = []
  for await (const field of inspector.fields()) fields.push(field)
  return wanted.map(({ on, key }) => {
    const there = fields.filter((field) => field.on === on)
    const field = there.find((one) => one.key === key)
    const fix = inspector.mends.field ?? 'correct bridge.yaml'
    if (field?.takesLink === true) return pass(`${on} field "${key}" is there (${field.type})`)
    if (field !== undefined)
      return warn(`${on} field "${key}" is of type ${field.type}, which may not take a link`, 'use a field of type URL')
    const names = there.map((one) => ({ id: one.key, name: one.key }))
    return fail(`no ${on} field "${key}"; ${whatThereIs(key, names)}`, fix)
  })
}
