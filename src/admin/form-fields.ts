/** The fields of a form; one that comes several times is a list. */
export function formFields(body: string): Record<string, string | string[]> {
  const fields = new URLSearchParams(body)
  return Object.fromEntries(
    [...new Set(fields.keys())].map((name) => {
      const [first = '', ...rest] = fields.getAll(name)
      return [name, rest.length === 0 ? first : [first, ...rest]]
    }),
  )
}
